import { classNamesOf, type DynafedSettings, type RunSummary, type SynthesisView } from "@tributary/protocol";
import { Chart } from "../ui/chart.tsx";
import { formatDuration, formatReal, plural } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import { SyntheticGrid } from "./synthetic-grid.tsx";
import { SyntheticRows } from "./synthetic-rows.tsx";
import { useSyntheticSet } from "./use-synthetic-set.ts";

type Props = {
  readonly summary: RunSummary;
  readonly dynafed: DynafedSettings;
  readonly synthesis: SynthesisView | null;
};

/** How far the newest synthesis is, and the synthetic set that it has learned. */
export function SynthesisSection({ summary, dynafed, synthesis }: Props) {
  return (
    <section class="stack" aria-labelledby="synthesis">
      <h2 id="synthesis">Synthesis</h2>
      {synthesis === null ? (
        <p class="soft">
          Starts when the run has {plural(dynafed.snapshots, "snapshot")} of the model, the initial one
          included.
        </p>
      ) : (
        <Progress synthesis={synthesis} summary={summary} />
      )}
    </section>
  );
}

type ProgressProps = { readonly synthesis: SynthesisView; readonly summary: RunSummary };

function Progress({ synthesis, summary }: ProgressProps) {
  const { iteration, iterations, distances, failure } = synthesis;
  return (
    <>
      <ProgressLine synthesis={synthesis} />
      <progress class="meter refine" max={Math.max(1, iterations)} value={iteration} aria-label="Synthesis" />
      {failure !== null && <Notice tone="bad">The synthesis failed: {failure}</Notice>}
      <div class="charts">
        <div class="panel">
          <DistanceChart distances={distances} />
        </div>
        <div class="panel stack">
          <Images synthesis={synthesis} summary={summary} />
        </div>
      </div>
    </>
  );
}

const stateWords = { queued: "Queued", working: "Working", done: "Done", failed: "Failed" } as const;

function ProgressLine({ synthesis }: { readonly synthesis: SynthesisView }) {
  const { state, iteration, iterations, ms, backend } = synthesis;
  return (
    <p data-testid="synthesis" data-state={state}>
      {stateWords[state]}: iteration {iteration} of {iterations}, {formatDuration(ms)}
      {backend === null ? "" : `, on ${backend}`}
    </p>
  );
}

function DistanceChart({ distances }: Pick<SynthesisView, "distances">) {
  return (
    <Chart
      title="Distance to the trajectory, D"
      xs={distances.map(([iteration]) => iteration)}
      series={[{ label: "D", ink: "refine", values: distances.map(([, distance]) => distance) }]}
      xLabel="iteration"
      format={(value) => formatReal(value)}
      empty="Appears after the first iterations."
      height={320}
    />
  );
}

function Images({ synthesis, summary }: ProgressProps) {
  const set = useSyntheticSet(summary.id, synthesis);
  if (set === null) return <p class="chart-empty small">The set appears after the first checkpoint.</p>;
  const { task } = summary.plan;
  if (set.rows !== null && task.kind !== "image-classification") {
    return <SyntheticRows rows={set.rows} labels={set.labels} task={task} />;
  }
  return <SyntheticGrid set={set} classNames={classNamesOf(summary.plan)} />;
}
