import type { DynafedSettings, RunSummary, SynthesisView, SyntheticSetView } from "@tributary/protocol";
import { useEffect, useState } from "preact/hooks";
import { getJson } from "../api.ts";
import { Chart } from "../ui/chart.tsx";
import { formatDuration, formatReal, plural } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import { SyntheticGrid } from "./synthetic-grid.tsx";

type Props = {
  readonly summary: RunSummary;
  readonly dynafed: DynafedSettings;
  readonly synthesis: SynthesisView | null;
};

/** How far the synthetic set is, and what it looks like. */
export function SynthesisSection({ summary, dynafed, synthesis }: Props) {
  return (
    <section class="stack" aria-labelledby="synthesis">
      <h2 id="synthesis">Synthesis</h2>
      {synthesis === null ? (
        <p class="soft">
          Begins once {plural(dynafed.snapshots, "snapshot")} of the model are kept, the first one included.
        </p>
      ) : (
        <Progress synthesis={synthesis} summary={summary} />
      )}
    </section>
  );
}

function Progress({
  synthesis,
  summary,
}: {
  readonly synthesis: SynthesisView;
  readonly summary: RunSummary;
}) {
  const { state, iteration, iterations, ms, backend, distances, failure } = synthesis;
  const set = useSyntheticSet(summary.id, synthesis);
  return (
    <>
      <div class="spread">
        <p data-testid="synthesis" data-state={state}>
          {stateWords[state]}: iteration {iteration} of {iterations}, {formatDuration(ms)}
          {backend === null ? "" : `, on ${backend}`}
        </p>
      </div>
      <progress class="meter refine" max={Math.max(1, iterations)} value={iteration} aria-label="Synthesis" />
      {failure !== null && <Notice tone="bad">The synthesis failed: {failure}</Notice>}
      <div class="charts">
        <div class="panel">
          <Chart
            title="Distance to the trajectory, D"
            xs={distances.map(([at]) => at)}
            series={[{ label: "D", ink: "refine", values: distances.map(([, distance]) => distance) }]}
            xLabel="iteration"
            format={(value) => formatReal(value)}
            empty="Comes with the first iterations."
            height={320}
          />
        </div>
        <div class="panel stack">
          {set === null ? (
            <p class="chart-empty small">The images come with the first checkpoint.</p>
          ) : (
            <SyntheticGrid set={set} classNames={summary.plan.classNames} />
          )}
        </div>
      </div>
    </>
  );
}

const stateWords = { queued: "Queued", working: "Working", done: "Done", failed: "Failed" } as const;
const refreshMs = 5000;

/** Asks for the set again while it is being learned, and once more when it is done. */
function useSyntheticSet(run: string, { state, iteration }: SynthesisView): SyntheticSetView | null {
  const [set, setSet] = useState<SyntheticSetView | null>(null);
  const begun = iteration > 0;
  useEffect(() => {
    if (!begun && state !== "done") return;
    let over = false;
    const refresh = async () => {
      const answer = await getJson<SyntheticSetView>(`/api/admin/runs/${run}/synthetic`);
      if (answer.ok && !over) setSet(answer.value);
    };
    void refresh();
    const timer = state === "working" ? setInterval(() => void refresh(), refreshMs) : undefined;
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [run, state, begun]);
  return set;
}
