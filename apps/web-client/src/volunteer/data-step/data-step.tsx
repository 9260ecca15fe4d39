import type { RunSummary } from "@tributary/protocol";
import { lazyPart } from "../../ui/lazy-part.tsx";
import type { PageState, Source } from "../page-state.ts";
import { ShardList } from "../shard-list.tsx";
import { Step } from "../step.tsx";
import { ReadingStatus } from "./reading-status.tsx";
import { TaskTexts } from "./task-texts.tsx";
import { WhatTheModelSees } from "./what-the-model-sees.tsx";

type Props = { readonly state: PageState };

/** The second step: from what the volunteer has to what the model will see. */
export function DataStep({ state }: Props) {
  const run = state.run.value;
  return (
    <Step number={2} title="Choose the data">
      {run !== null && (
        <>
          <TaskTexts task={run.plan.task} />
          {run.plan.sample !== null && <SourceChoices state={state} />}
          {state.source.value === "shard" ? (
            <ShardList state={state} />
          ) : (
            <Own key={run.id} run={run} state={state} />
          )}
          <ReadingStatus desk={state.data} />
          <WhatTheModelSees desk={state.data} task={run.plan.task} />
        </>
      )}
    </Step>
  );
}

type OwnProps = { readonly run: RunSummary; readonly state: PageState };
const OwnPictures = lazyPart(async () => (await import("./own-pictures.tsx")).OwnPictures);
const OwnTable = lazyPart(async () => (await import("./own-table.tsx")).OwnTable);

function Own({ run, state }: OwnProps) {
  const { task } = run.plan;
  return task.kind === "image-classification" ? (
    <OwnPictures desk={state.data} task={task} />
  ) : (
    <OwnTable desk={state.data} task={task} />
  );
}

const sources = [
  { source: "shard", title: "Sample data", hint: "Borrow some from the server" },
  { source: "own", title: "Your own data", hint: "They never leave this device" },
] as const satisfies readonly { readonly source: Source; readonly title: string; readonly hint: string }[];

function SourceChoices({ state }: Props) {
  return (
    <fieldset class="source-choice">
      <legend class="visually-hidden">Where the data come from</legend>
      {sources.map(({ source, title, hint }) => (
        <label class="choice" key={source}>
          <input
            type="radio"
            name="source"
            value={source}
            checked={state.source.value === source}
            onChange={() => void state.chooseSource(source)}
          />
          <span class="stack-tight">
            <span class="choice-title">{title}</span>
            <span class="soft small">{hint}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
