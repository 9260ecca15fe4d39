import { Masthead } from "../ui/masthead.tsx";
import { Notice } from "../ui/notice.tsx";
import { DataStep } from "./data-step/data-step.tsx";
import { ForgetSection } from "./forget-section.tsx";
import type { PageState } from "./page-state.ts";
import type { MissingFeature } from "./requirements.ts";
import { RunStep } from "./run-step.tsx";
import { StartStep } from "./start-step.tsx";
import { WorkingView } from "./working-view.tsx";

type Props = { readonly state: PageState; readonly missing: readonly MissingFeature[] };

export function VolunteerPage({ state, missing }: Props) {
  const work = state.workbench.work.value;
  return (
    <div class="page">
      <Masthead home="/">
        <nav aria-label="Site">
          <a href="/admin">For operators</a>
        </nav>
      </Masthead>
      <main id="main" tabIndex={-1}>
        {missing.length > 0 ? (
          <MissingFeatures missing={missing} />
        ) : work.phase === "active" ? (
          <WorkingView state={state} work={work} />
        ) : (
          <Choosing state={state} />
        )}
      </main>
    </div>
  );
}

function Choosing({ state }: { readonly state: PageState }) {
  return (
    <div class="stack-l">
      <div class="intro">
        <h1>Train a shared model in this tab</h1>
        <p class="lead">
          Your browser learns from data on this device and sends only what it learned: changes to the model's
          numbers. The server combines them with the changes of other volunteers. Your data stay on this
          device.
        </p>
      </div>
      <LinkProblems state={state} />
      <GoOn state={state} />
      <ol class="steps">
        <RunStep state={state} />
        <DataStep state={state} />
        <StartStep state={state} />
      </ol>
      <ForgetSection state={state} />
    </div>
  );
}

/** The parts of the page's address that cannot be used. */
function LinkProblems({ state }: { readonly state: PageState }) {
  const problems = state.linkProblems.value;
  if (problems.length === 0) return null;
  return (
    <Notice tone="warn">
      <p>This page was opened with an address that does not fit this server. Choose below instead.</p>
      <ul>
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </Notice>
  );
}

/** After a reload: the way back to the run that this browser took part in. */
function GoOn({ state }: { readonly state: PageState }) {
  const choice = state.lastChoice.value;
  const runs = state.runs.value;
  const run = runs.phase === "ready" ? runs.value.find((each) => each.id === choice?.run) : undefined;
  if (choice === null || run === undefined || state.workbench.work.value.phase !== "idle") return null;
  return (
    <Notice>
      <div class="spread">
        <p>
          This browser was taking part in <strong>{run.name}</strong>
          {choice.shard === null
            ? " with data of your own. Choose them again to continue."
            : ` with sample shard ${choice.shard}.`}
        </p>
        {choice.shard !== null && (
          <button type="button" class="button" data-testid="go-on" onClick={() => void state.goOn(choice)}>
            Continue
          </button>
        )}
      </div>
    </Notice>
  );
}

function MissingFeatures({ missing }: { readonly missing: readonly MissingFeature[] }) {
  return (
    <div class="stack">
      <h1>This browser cannot train</h1>
      <Notice tone="bad">
        <ul class="stack">
          {missing.map(({ feature, advice }) => (
            <li key={feature}>
              <strong>{feature}</strong> is missing. {advice}
            </li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}
