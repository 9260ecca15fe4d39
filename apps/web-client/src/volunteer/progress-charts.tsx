import type { Figures } from "@tributary/protocol";
import type { RoundPoint, VolunteerView } from "@tributary/volunteer";
import { AccuracyChart, type EvaluatedRound, wholePercent } from "../ui/accuracy-chart.tsx";
import { Chart } from "../ui/chart.tsx";
import { formatPercent, formatReal } from "../ui/format.ts";

/** How the shared model and this device's own training go. */
export function ProgressCharts({ view: { local, global } }: { readonly view: VolunteerView }) {
  return (
    <section class="stack" aria-labelledby="progress">
      <h2 id="progress">Progress</h2>
      <div class="charts">
        <div class="panel wide">
          <AccuracyChart
            title="Accuracy of the shared model on pictures that nobody trained on"
            rounds={global.map(accuraciesOf)}
          />
        </div>
        <div class="panel">
          <LocalLoss rounds={local} />
        </div>
        <div class="panel">
          <LocalAccuracy rounds={local} />
        </div>
      </div>
      <NewestAccuracy rounds={global} />
    </section>
  );
}

function accuraciesOf({ round, aggregate, refined }: RoundPoint): EvaluatedRound {
  return { round, accuracyAggregate: accuracyOf(aggregate), accuracyRefined: accuracyOf(refined) };
}

/** Null: not measured, or of a regression. */
function accuracyOf(figures: Figures | null): number | null {
  return figures?.kind === "classification" ? figures.accuracy : null;
}

const emptyLocal = "Appears after your first round.";

function LocalLoss({ rounds }: { readonly rounds: VolunteerView["local"] }) {
  return (
    <Chart
      title="Loss on your pictures"
      xs={rounds.map(({ round }) => round)}
      series={[{ label: "loss", ink: "accent", values: rounds.map(({ loss }) => loss) }]}
      xLabel="round"
      format={(value) => formatReal(value)}
      empty={emptyLocal}
    />
  );
}

function LocalAccuracy({ rounds }: { readonly rounds: VolunteerView["local"] }) {
  return (
    <Chart
      title="Accuracy on your pictures during training"
      xs={rounds.map(({ round }) => round)}
      series={[{ label: "accuracy", ink: "accent", values: rounds.map(({ accuracy }) => accuracy) }]}
      xLabel="round"
      range={[0, 1]}
      format={wholePercent}
      empty={emptyLocal}
    />
  );
}

function NewestAccuracy({ rounds }: { readonly rounds: VolunteerView["global"] }) {
  const newest = rounds.map(accuraciesOf).findLast(({ accuracyAggregate }) => accuracyAggregate !== null);
  if (newest === undefined) return null;
  return (
    <p class="soft small">
      After round {newest.round}, the shared model is right on{" "}
      {formatPercent(newest.accuracyRefined ?? newest.accuracyAggregate)} of the test pictures.
    </p>
  );
}
