/** The task's headline over the rounds, as both pages show it: the server's figure beside the volunteers'. */
import type { Headline } from "@tributary/protocol";
import { Chart, type Series } from "./chart.tsx";
import {
  formatHeadline,
  type HeadlinePoint,
  headlinePoints,
  headlineRange,
  headlineWords,
  type MeasuredRound,
} from "./headline.ts";

type Props = { readonly headline: Headline; readonly rounds: readonly MeasuredRound[] };

export function HeadlineChart({ headline, rounds }: Props) {
  const points = headlinePoints(rounds, headline);
  const firstRefined = points.find(({ refined }) => refined !== null);
  const range = headlineRange(headline);
  const words = headlineWords[headline];
  return (
    <Chart
      title={`${words.charAt(0).toUpperCase()}${words.slice(1)} on data that nobody trained on`}
      xs={points.map(({ round }) => round)}
      series={seriesOf(points)}
      xLabel="round"
      format={(value) => formatHeadline(value, headline)}
      mark={firstRefined === undefined ? null : { x: firstRefined.round, label: "DynaFed begins" }}
      empty="Appears after the first evaluated round."
      {...(range === null ? {} : { range })}
    />
  );
}

const lines = [
  { key: "aggregate", label: "server: aggregate", ink: "accent", dashed: false },
  { key: "refined", label: "server: refined", ink: "refine", dashed: false },
  { key: "volunteers", label: "volunteers: mean", ink: "ink-soft", dashed: false },
  { key: "worstTenth", label: "volunteers: worst tenth", ink: "ink-soft", dashed: true },
] as const;

/** Only lines with a value; before any, the first. */
function seriesOf(points: readonly HeadlinePoint[]): readonly Series[] {
  const shown = lines.filter(({ key }) => points.some((point) => point[key] !== null));
  return (shown.length === 0 ? lines.slice(0, 1) : shown).map(({ key, ...line }) => ({
    ...line,
    values: points.map((point) => point[key]),
  }));
}
