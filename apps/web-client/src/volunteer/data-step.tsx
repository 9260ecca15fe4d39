import { countPerClass } from "../data/preview.ts";
import { PreviewImages } from "../data/preview-images.tsx";
import { ClassBars } from "../ui/class-bars.tsx";
import { formatCount, plural } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import { OwnFolderPicker } from "./own-folder-picker.tsx";
import type { PageState, Source } from "./page-state.ts";
import { Step } from "./step.tsx";

export function DataStep({ state }: { readonly state: PageState }) {
  const run = state.run.value;
  return (
    <Step number={2} title="Choose the pictures">
      <fieldset class="source-choice">
        <legend class="visually-hidden">Where the pictures come from</legend>
        <SourceChoice
          state={state}
          source="shard"
          title="A sample shard"
          hint="Lent by the server, to try it out"
        />
        <SourceChoice
          state={state}
          source="folder"
          title="Your own folder"
          hint="Your images never leave this device"
        />
      </fieldset>
      {run !== null && state.source.value === "shard" && <SampleShards state={state} />}
      {run !== null && state.source.value === "folder" && (
        <OwnFolderPicker key={run.id} state={state} run={run} />
      )}
      <Preview state={state} />
    </Step>
  );
}

function SourceChoice(props: {
  readonly state: PageState;
  readonly source: Source;
  readonly title: string;
  readonly hint: string;
}) {
  const { state, source, title, hint } = props;
  return (
    <label class="choice">
      <input
        type="radio"
        name="source"
        value={source}
        checked={state.source.value === source}
        onChange={() => {
          state.source.value = source;
        }}
      />
      <span class="stack-tight">
        <span class="choice-title">{title}</span>
        <span class="soft small">{hint}</span>
      </span>
    </label>
  );
}

function SampleShards({ state }: { readonly state: PageState }) {
  const shards = state.shards.value;
  const classNames = state.run.value?.plan.classNames ?? [];
  if (shards.is === "loading") return <p class="soft">Asking for the sample shards…</p>;
  if (shards.is === "failed") return <Notice tone="bad">{shards.reason}</Notice>;
  return (
    <fieldset class="stack">
      <legend class="small soft">
        Every volunteer sees only a part of the world: the bars show how many pictures of each class a shard
        holds.
      </legend>
      <div class="shards">
        {shards.value.map(({ index, examples, perClass }) => (
          <label class="choice shard" key={index}>
            <input
              type="radio"
              name="shard"
              value={index}
              checked={state.shard.value === index}
              onChange={() => void state.chooseShard(index)}
            />
            <span class="stack-tight">
              <span class="spread">
                <span class="choice-title">Shard {index}</span>
                <span class="soft small">{plural(examples, "image")}</span>
              </span>
              <ClassBars perClass={perClass} classNames={classNames} />
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Preview({ state }: { readonly state: PageState }) {
  const dataset = state.dataset.value;
  const run = state.run.value;
  if (run === null) return null;
  if (dataset === null) {
    if (state.source.value === "folder") return null;
    const data = state.shardData.value;
    if (data.is === "failed") return <Notice tone="bad">{data.reason}</Notice>;
    return state.shard.value === null ? null : <p class="soft">Fetching shard {state.shard.value}…</p>;
  }
  const perClass = countPerClass(dataset);
  const { classNames } = run.plan;
  return (
    <div class="stack" data-testid="preview">
      <PreviewImages dataset={dataset} classNames={classNames} />
      <ul class="class-counts small">
        {perClass.map((count, index) => (
          <li key={classNames[index]} data-none={count === 0 ? "" : undefined}>
            {classNames[index]} <strong>{formatCount(count)}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
}
