import type { Headline, RoundRow } from "@tributary/protocol";
import { Chart, type Series } from "../ui/chart.tsx";
import { formatReal } from "../ui/format.ts";
import type { MeasuredRound } from "../ui/headline.ts";
import { HeadlineChart } from "../ui/headline-chart.tsx";

type Props = { readonly rounds: readonly RoundRow[]; readonly headline: Headline };

export function RunCharts({ rounds, headline }: Props) {
  return (
    <section class="charts" aria-label="Charts">
      <div class="panel">
        <HeadlineChart headline={headline} rounds={rounds.map(measuredRound)} />
      </div>
      <div class="panel">
        <LossChart rounds={rounds.filter(({ loss }) => loss !== null)} />
      </div>
    </section>
  );
}

/** A round of the log as the chart reads it. */
export function measuredRound({ figuresAggregate, figuresRefined, ...row }: RoundRow): MeasuredRound {
  return { ...row, aggregate: figuresAggregate, refined: figuresRefined };
}

function LossChart({ rounds }: { readonly rounds: readonly RoundRow[] }) {
  return (
    <Chart
      title="Loss"
      xs={rounds.map(({ round }) => round)}
      series={lossSeries(rounds)}
      xLabel="round"
      format={(value) => formatReal(value)}
      empty="Appears after the first round."
    />
  );
}

function lossSeries(rounds: readonly RoundRow[]): readonly Series[] {
  const training = rounds.map(({ loss }) => loss);
  const aggregate = rounds.map(({ lossAggregate }) => lossAggregate);
  const refined = rounds.map(({ lossRefined }) => lossRefined);
  const isRefined = refined.some((loss) => loss !== null);
  return [
    { label: "training, volunteers", ink: "ink-soft", values: training, dashed: true },
    { label: "test, aggregate", ink: "accent", values: aggregate },
    ...(isRefined ? [{ label: "test, refined", ink: "refine", values: refined } as const] : []),
  ];
}
