import type { VolunteerView } from "@tributary/volunteer";
import { Chart } from "../ui/chart.tsx";
import { formatPercent, formatReal } from "../ui/format.ts";

export function ProgressCharts({ view }: { readonly view: VolunteerView }) {
  const { local, global } = view;
  const localRounds = local.map(({ round }) => round);
  const firstRefined = global.find(({ accuracyRefined }) => accuracyRefined !== null);
  const everRefined = firstRefined !== undefined;
  return (
    <section class="stack" aria-labelledby="progress">
      <h2 id="progress">Progress</h2>
      <div class="charts">
        <div class="panel wide">
          <Chart
            title="Accuracy of the shared model, on pictures that nobody trained on"
            xs={global.map(({ round }) => round)}
            series={[
              { label: "averaged", ink: "accent", values: global.map((each) => each.accuracyAggregate) },
              ...(everRefined
                ? [
                    {
                      label: "after the refine",
                      ink: "refine" as const,
                      values: global.map((each) => each.accuracyRefined),
                    },
                  ]
                : []),
            ]}
            xLabel="round"
            range={[0, 1]}
            format={percent}
            mark={firstRefined === undefined ? null : { x: firstRefined.round, label: "DynaFed begins" }}
            empty="Comes with the first evaluated round."
          />
        </div>
        <div class="panel">
          <Chart
            title="Loss on your pictures"
            xs={localRounds}
            series={[{ label: "loss", ink: "accent", values: local.map(({ loss }) => loss) }]}
            xLabel="round"
            format={(value) => formatReal(value)}
            empty="Comes with your first round."
          />
        </div>
        <div class="panel">
          <Chart
            title="Accuracy on your pictures, while training"
            xs={localRounds}
            series={[{ label: "accuracy", ink: "accent", values: local.map(({ accuracy }) => accuracy) }]}
            xLabel="round"
            range={[0, 1]}
            format={percent}
            empty="Comes with your first round."
          />
        </div>
      </div>
      {global.length > 0 && (
        <p class="soft small">
          Round {global.at(-1)?.round}: the shared model is right in{" "}
          {formatPercent(global.at(-1)?.accuracyRefined ?? global.at(-1)?.accuracyAggregate ?? null)} of the
          test pictures.
        </p>
      )}
    </section>
  );
}

function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}
