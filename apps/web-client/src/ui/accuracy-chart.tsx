/** The accuracy of a run's models over its rounds, as both pages show it. */
import { Chart } from "./chart.tsx";

export type EvaluatedRound = {
  readonly round: number;
  readonly accuracyAggregate: number | null;
  /** Null in a round that was not refined. */
  readonly accuracyRefined: number | null;
};

type Props = { readonly title: string; readonly rounds: readonly EvaluatedRound[] };

export function AccuracyChart({ title, rounds }: Props) {
  const firstRefined = rounds.find(({ accuracyRefined }) => accuracyRefined !== null);
  const aggregate = {
    label: "aggregate",
    ink: "accent",
    values: rounds.map(({ accuracyAggregate }) => accuracyAggregate),
  } as const;
  const refined = {
    label: "refined",
    ink: "refine",
    values: rounds.map(({ accuracyRefined }) => accuracyRefined),
  } as const;
  return (
    <Chart
      title={title}
      xs={rounds.map(({ round }) => round)}
      series={firstRefined === undefined ? [aggregate] : [aggregate, refined]}
      xLabel="round"
      range={[0, 1]}
      format={wholePercent}
      mark={firstRefined === undefined ? null : { x: firstRefined.round, label: "DynaFed begins" }}
      empty="Appears after the first evaluated round."
    />
  );
}

/** 0.7312 -> "73 %". */
export function wholePercent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
