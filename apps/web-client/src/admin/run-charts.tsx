import type { RoundRow } from "@tributary/protocol";
import { AccuracyChart } from "../ui/accuracy-chart.tsx";
import { Chart, type Series } from "../ui/chart.tsx";
import { formatReal } from "../ui/format.ts";

export function RunCharts({ rounds }: { readonly rounds: readonly RoundRow[] }) {
  return (
    <section class="charts" aria-label="Charts">
      <div class="panel">
        <AccuracyChart
          title="Test accuracy"
          rounds={rounds.filter(({ accuracyAggregate }) => accuracyAggregate !== null)}
        />
      </div>
      <div class="panel">
        <LossChart rounds={rounds.filter(({ loss }) => loss !== null)} />
      </div>
    </section>
  );
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
