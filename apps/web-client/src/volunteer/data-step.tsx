import { classNamesOf } from "@tributary/protocol";
import { Notice } from "../ui/notice.tsx";
import { OwnFolderPicker } from "./own-folder-picker.tsx";
import type { PageState, Source } from "./page-state.ts";
import { PicturePreview } from "./picture-preview.tsx";
import { ShardList } from "./shard-list.tsx";
import { Step } from "./step.tsx";

type Props = { readonly state: PageState };

export function DataStep({ state }: Props) {
  const run = state.run.value;
  return (
    <Step number={2} title="Choose the pictures">
      <SourceChoices state={state} />
      {run !== null && state.source.value === "shard" && <ShardList state={state} />}
      {run !== null && state.source.value === "folder" && (
        <OwnFolderPicker key={run.id} state={state} run={run} />
      )}
      <Preview state={state} />
    </Step>
  );
}

const sources = [
  { source: "shard", title: "Sample pictures", hint: "Borrow some from the server" },
  { source: "folder", title: "Your own folder", hint: "Your pictures never leave this device" },
] as const satisfies readonly { readonly source: Source; readonly title: string; readonly hint: string }[];

function SourceChoices({ state }: Props) {
  return (
    <fieldset class="source-choice">
      <legend class="visually-hidden">Where the pictures come from</legend>
      {sources.map(({ source, title, hint }) => (
        <label class="choice" key={source}>
          <input
            type="radio"
            name="source"
            value={source}
            checked={state.source.value === source}
            onChange={() => state.chooseSource(source)}
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

/** The chosen pictures, or why they are not here yet. */
function Preview({ state }: Props) {
  const dataset = state.dataset.value;
  const run = state.run.value;
  const shard = state.sample.shard.value;
  const shardData = state.sample.data.value;
  if (run === null) return null;
  if (dataset !== null) return <PicturePreview dataset={dataset} classNames={classNamesOf(run.plan)} />;
  if (state.source.value === "folder" || shard === null) return null;
  if (shardData.phase === "failed") return <Notice tone="bad">{shardData.reason}</Notice>;
  return <p class="soft">Loading shard {shard}…</p>;
}
