import type { RoundRow } from "@tributary/protocol";
import { Chart } from "../ui/chart.tsx";
import { formatReal } from "../ui/format.ts";

export function RunCharts({ rounds }: { readonly rounds: readonly RoundRow[] }) {
  const evaluated = rounds.filter(({ accuracyAggregate }) => accuracyAggregate !== null);
  const trained = rounds.filter(({ loss }) => loss !== null);
  const firstRefined = evaluated.find(({ accuracyRefined }) => accuracyRefined !== null);
  return (
    <section class="charts" aria-label="Charts">
      <div class="panel">
        <Chart
          title="Test accuracy"
          xs={evaluated.map(({ round }) => round)}
          series={[
            { label: "averaged", ink: "accent", values: evaluated.map((each) => each.accuracyAggregate) },
            ...(firstRefined === undefined
              ? []
              : [
                  {
                    label: "after the refine",
                    ink: "refine" as const,
                    values: evaluated.map((each) => each.accuracyRefined),
                  },
                ]),
          ]}
          xLabel="round"
          range={[0, 1]}
          format={(value) => `${Math.round(value * 100)} %`}
          mark={firstRefined === undefined ? null : { x: firstRefined.round, label: "DynaFed begins" }}
          empty="Comes with the first evaluated round."
        />
      </div>
      <div class="panel">
        <Chart
          title="Loss"
          xs={trained.map(({ round }) => round)}
          series={[
            {
              label: "volunteers, training",
              ink: "ink-soft",
              values: trained.map(({ loss }) => loss),
              dashed: true,
            },
            {
              label: "test, averaged",
              ink: "accent",
              values: trained.map(({ lossAggregate }) => lossAggregate),
            },
            ...(firstRefined === undefined
              ? []
              : [
                  {
                    label: "test, refined",
                    ink: "refine" as const,
                    values: trained.map(({ lossRefined }) => lossRefined),
                  },
                ]),
          ]}
          xLabel="round"
          format={(value) => formatReal(value)}
          empty="Comes with the first round."
        />
      </div>
    </section>
  );
}
