import type { RunSummary } from "@tributary/protocol";
import { plural } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
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
  if (runs.is === "loading") return <p class="soft">Asking the server for its runs…</p>;
  if (runs.is === "failed") {
    return (
      <Notice tone="bad">
        <div class="spread">
          <p>{runs.reason}</p>
          <button type="button" class="button" onClick={() => void state.load()}>
            Try again
          </button>
        </div>
      </Notice>
    );
  }
  if (runs.value.length === 0) {
    return (
      <Notice tone="warn">This server has no runs yet. Its operator creates one on the dashboard.</Notice>
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
  const { network, rounds, strategy, dynafed } = run.plan;
  const [height, width] = network.image;
  const over = isOver(run.activity);
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
          <span class="pill" data-tone={over ? undefined : "live"}>
            round {run.completedRounds} of {rounds}
          </span>
        </span>
        <span class="soft small">
          {strategy.kind}
          {dynafed !== null && " and DynaFed"}, {plural(network.classes, "class", "classes")} of {height} ×{" "}
          {width} images, {plural(run.connectedVolunteers, "volunteer")} here now;{" "}
          {activityWords(run.activity).text}
        </span>
      </span>
    </label>
  );
}
