import { classNamesOf } from "@tributary/protocol";
import { ClassBars } from "../ui/class-bars.tsx";
import { plural } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import type { PageState } from "./page-state.ts";
import type { Shards } from "./shard-choice.ts";

type Props = { readonly state: PageState };

/** The sample shards of the chosen run. */
export function ShardList({ state }: Props) {
  const shards = state.sample.shards.value;
  if (shards.phase === "loading") return <p class="soft">Loading the list of sample data…</p>;
  if (shards.phase === "failed") return <Notice tone="bad">{shards.reason}</Notice>;
  return (
    <fieldset class="stack">
      <legend class="small soft">
        Each shard is a part of the server's sample data. The bars show how many examples of each class it
        holds.
      </legend>
      <div class="shards">
        {shards.value.map((shard) => (
          <ShardOption key={shard.index} state={state} shard={shard} />
        ))}
      </div>
    </fieldset>
  );
}

function ShardOption({ state, shard }: Props & { readonly shard: Shards[number] }) {
  const { index, examples, perClass } = shard;
  return (
    <label class="choice shard">
      <input
        type="radio"
        name="shard"
        value={index}
        checked={state.sample.shard.value === index}
        onChange={() => void state.chooseShard(index)}
      />
      <span class="stack-tight">
        <span class="spread">
          <span class="choice-title">Shard {index}</span>
          <span class="soft small">{plural(examples, "example")}</span>
        </span>
        <ClassBars
          perClass={perClass}
          classNames={state.run.value === null ? [] : classNamesOf(state.run.value.plan)}
        />
      </span>
    </label>
  );
}
