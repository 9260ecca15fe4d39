import type { Headline } from "@tributary/protocol";
import type { VolunteerView } from "@tributary/volunteer";
import { Chart } from "../ui/chart.tsx";
import { formatReal, wholePercent } from "../ui/format.ts";
import { formatHeadline, headlinePoints, headlineWords } from "../ui/headline.ts";
import { HeadlineChart } from "../ui/headline-chart.tsx";

type Props = { readonly view: VolunteerView; readonly headline: Headline };

/** How the shared model and this device's own training go. */
export function ProgressCharts({ view: { local, global }, headline }: Props) {
  const isOfClasses = headline !== "rmse" && headline !== "r2";
  return (
    <section class="stack" aria-labelledby="progress">
      <h2 id="progress">Progress</h2>
      <div class="charts">
        <div class="panel wide">
          <HeadlineChart headline={headline} rounds={global} />
        </div>
        <div class="panel">
          <LocalLoss rounds={local} />
        </div>
        {isOfClasses && (
          <div class="panel">
            <LocalAccuracy rounds={local} />
          </div>
        )}
      </div>
      <Newest rounds={global} headline={headline} />
    </section>
  );
}

const emptyLocal = "Appears after your first round.";

function LocalLoss({ rounds }: { readonly rounds: VolunteerView["local"] }) {
  return (
    <Chart
      title="Loss on your data"
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
      title="Accuracy on your data during training"
      xs={rounds.map(({ round }) => round)}
      series={[{ label: "accuracy", ink: "accent", values: rounds.map(({ accuracy }) => accuracy) }]}
      xLabel="round"
      range={[0, 1]}
      format={wholePercent}
      empty={emptyLocal}
    />
  );
}

/** The newest figure in words: the server's where it has one, otherwise the volunteers'. */
function Newest({
  rounds,
  headline,
}: {
  readonly rounds: VolunteerView["global"];
  readonly headline: Headline;
}) {
  const newest = headlinePoints(rounds, headline).at(-1);
  if (newest === undefined) return null;
  const { round, aggregate, refined, volunteers } = newest;
  const value = refined ?? aggregate ?? volunteers;
  if (value === null) return null;
  const place =
    refined === null && aggregate === null ? "on what its volunteers hold out" : "on the test data";
  return (
    <p class="soft small">
      After round {round}, the shared model's {headlineWords[headline]} {place} is{" "}
      {formatHeadline(value, headline)}.
    </p>
  );
}
