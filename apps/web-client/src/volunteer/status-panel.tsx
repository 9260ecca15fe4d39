import type { VolunteerView } from "@tributary/volunteer";
import { useNow } from "../ui/use-now.ts";
import type { PageState } from "./page-state.ts";
import { isOver, statusWords } from "./status-words.ts";
import type { Work } from "./workbench.ts";

type Status = VolunteerView["status"];
type Props = { readonly state: PageState; readonly work: Extract<Work, { phase: "active" }> };

/** The status line with its progress, and the buttons that fit it. */
export function StatusPanel({ state, work }: Props) {
  const { view, run } = work;
  const { text, progress } = statusWords(useCountdown(view.status, work.viewedAtMs));
  return (
    <section class="panel status-panel stack" aria-labelledby="run-name">
      <div class="spread">
        <h1 id="run-name" class="status-run">
          {run.name}
        </h1>
        {isOver(view.activity) && <span class="pill">run over</span>}
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
      <Controls state={state} status={view.status} />
    </section>
  );
}

/** The status, with the time to the next try as it is now. */
function useCountdown(status: Status, viewedAtMs: number): Status {
  const nowMs = useNow(status.phase === "reconnecting");
  return status.phase === "reconnecting" ? { ...status, inMs: status.inMs - (nowMs - viewedAtMs) } : status;
}

function Controls({ state, status }: { readonly state: PageState; readonly status: Status }) {
  const { workbench } = state;
  if (status.phase === "stopped" || status.phase === "failed") return <Farewell onReset={workbench.reset} />;
  const isPaused = status.phase === "paused";
  return (
    <div class="row">
      <button
        type="button"
        class="button"
        data-kind={isPaused ? "primary" : undefined}
        data-testid="pause"
        onClick={isPaused ? workbench.resume : workbench.pause}
      >
        {isPaused ? "Resume" : "Pause"}
      </button>
      <button type="button" class="button" data-testid="stop" onClick={() => void state.stop()}>
        Stop
      </button>
    </div>
  );
}

function Farewell({ onReset }: { readonly onReset: () => void }) {
  return (
    <div class="row">
      <button type="button" class="button" data-kind="primary" data-testid="again" onClick={onReset}>
        Back to the start
      </button>
      <p class="soft">Thank you. What you sent stays part of the model.</p>
    </div>
  );
}

/** For a screen reader: only changes of the step, without the numbers that change all the time. */
function announced(status: Status["phase"], text: string): string {
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
