/** The page from Start on: what happens now, what was reached, and the way out. */
import { formatBytes, formatCount } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import { Stats } from "../ui/stats.tsx";
import { useNow } from "../ui/use-now.ts";
import type { PageState } from "./page-state.ts";
import { ProgressCharts } from "./progress-charts.tsx";
import { refusalWords } from "./refusal-words.ts";
import { isOver, statusWords } from "./status-words.ts";
import { TakenBackendLine } from "./taken-backend-line.tsx";
import type { Work } from "./workbench.ts";

type Active = Extract<Work, { is: "active" }>;

export function WorkingView({ state, work }: { readonly state: PageState; readonly work: Active }) {
  const { view, run, taken } = work;
  const { contribution, lastRefusal } = view;
  return (
    <div class="stack-l">
      <StatusPanel state={state} work={work} />
      {lastRefusal !== null && <Notice tone="warn">{refusalWords(lastRefusal)}</Notice>}
      <section class="stack" aria-labelledby="contribution">
        <h2 id="contribution">Your contribution</h2>
        <Stats
          stats={[
            { label: "rounds", value: formatCount(contribution.rounds), testId: "rounds-contributed" },
            { label: "images trained on", value: formatCount(contribution.examples) },
            { label: "sent", value: formatBytes(contribution.bytesUp) },
            { label: "received", value: formatBytes(contribution.bytesDown) },
          ]}
        />
      </section>
      <ProgressCharts view={view} />
      <section class="stack" aria-labelledby="model">
        <h2 id="model">The model</h2>
        <p class="soft measure">
          The newest shared model, as float32 values in little-endian order. Anyone may download it.
        </p>
        <div class="row">
          <a class="button" href={`/api/runs/${run.id}/model`} download data-testid="download-model">
            Download the model
          </a>
        </div>
        <TakenBackendLine taken={taken} />
      </section>
    </div>
  );
}

function StatusPanel({ state, work }: { readonly state: PageState; readonly work: Active }) {
  const { view, run } = work;
  const nowMs = useNow(view.status.phase === "reconnecting");
  const status =
    view.status.phase === "reconnecting"
      ? { ...view.status, inMs: view.status.inMs - (nowMs - work.viewedAtMs) }
      : view.status;
  const { text, progress } = statusWords(status);
  const ended = view.status.phase === "stopped" || view.status.phase === "failed";
  const over = isOver(view.activity);
  return (
    <section class="panel status-panel stack" aria-labelledby="run-name">
      <div class="spread">
        <h1 id="run-name" class="status-run">
          {run.name}
        </h1>
        {over && <span class="pill">run over</span>}
      </div>
      <p class="status-line" data-testid="status" data-status={view.status.phase}>
        {text}
      </p>
      <progress
        class="meter"
        aria-label="Progress of this step"
        max={1}
        value={progress ?? 0}
        data-idle={progress === null ? "" : undefined}
      />
      <p class="visually-hidden" role="status">
        {announced(view.status.phase, text)}
      </p>
      <Controls state={state} ended={ended} paused={view.status.phase === "paused"} />
    </section>
  );
}

function Controls(props: { readonly state: PageState; readonly ended: boolean; readonly paused: boolean }) {
  const { state, ended, paused } = props;
  const { workbench } = state;
  if (ended) {
    return (
      <div class="row">
        <button
          type="button"
          class="button"
          data-kind="primary"
          data-testid="again"
          onClick={workbench.reset}
        >
          Back to the start
        </button>
        <p class="soft">Thank you. What you sent stays part of the model.</p>
      </div>
    );
  }
  return (
    <div class="row">
      <button
        type="button"
        class="button"
        data-kind={paused ? "primary" : undefined}
        data-testid="pause"
        onClick={paused ? workbench.resume : workbench.pause}
      >
        {paused ? "Resume" : "Pause"}
      </button>
      <button type="button" class="button" data-testid="stop" onClick={() => void state.stop()}>
        Stop
      </button>
    </div>
  );
}

/** For a screen reader: changes of step only, not every batch and every byte. */
function announced(status: Active["view"]["status"]["phase"], text: string): string {
  switch (status) {
    case "training":
    case "downloading":
    case "sending":
      return text.split(",")[0] ?? text;
    case "waiting":
      return text.split(":")[0] ?? text;
    case "reconnecting":
      return "connection lost, reconnecting";
    default:
      return text;
  }
}
