import { classNamesOf, imageShapeOf, networkOf, type RunSummary } from "@tributary/protocol";
import { plural } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import { Retry } from "../ui/retry.tsx";
import type { PageState } from "./page-state.ts";
import { activityWords, isOver } from "./status-words.ts";
import { Step } from "./step.tsx";

export function RunStep({ state }: { readonly state: PageState }) {
  return (
    <Step number={1} title="Choose what to train">
      <Runs state={state} />
    </Step>
  );
}

function Runs({ state }: { readonly state: PageState }) {
  const runs = state.runs.value;
  if (runs.phase === "loading") return <p class="soft">Loading the runs…</p>;
  if (runs.phase === "failed") return <Retry reason={runs.reason} onRetry={() => void state.load()} />;
  if (runs.value.length === 0) {
    return (
      <Notice tone="warn">This server has no runs yet. An operator can create one on the dashboard.</Notice>
    );
  }
  return (
    <fieldset class="stack choices">
      <legend class="visually-hidden">Run</legend>
      {runs.value.map((run) => (
        <RunChoice key={run.id} run={run} state={state} />
      ))}
    </fieldset>
  );
}

function RunChoice({ run, state }: { readonly run: RunSummary; readonly state: PageState }) {
  return (
    <label class="choice">
      <input
        type="radio"
        name="run"
        value={run.id}
        checked={state.run.value?.id === run.id}
        onChange={() => void state.chooseRun(run.id)}
      />
      <span class="stack-tight">
        <span class="spread">
          <span class="choice-title">{run.name}</span>
          <span class="pill" data-tone={isOver(run.activity) ? undefined : "live"}>
            round {run.completedRounds} of {run.plan.rounds}
          </span>
        </span>
        <span class="soft small">{describe(run)}</span>
      </span>
    </label>
  );
}

function describe({ plan, connectedVolunteers, activity }: RunSummary): string {
  const classes = plural(classNamesOf(plan).length, "class", "classes");
  const image = imageShapeOf(networkOf(plan));
  const pictures =
    image === null ? `${classes} of table rows` : `${classes} of ${image[0]} × ${image[1]} pictures`;
  const volunteers = `${plural(connectedVolunteers, "volunteer")} here now`;
  return `${pictures}, ${volunteers}; ${activityWords(activity).text}`;
}
