/** Which sample shard of the chosen run is chosen, and its pictures. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { ImageDataset } from "@tributary/model";
import { classesOf, networkOf, type RunSummary, type ShardList } from "@tributary/protocol";
import { getJson } from "../api.ts";
import { fetchShard } from "../data/sample-shard.ts";
import { failed, type Loadable, loading, ready } from "./loadable.ts";

export type Shards = ShardList["shards"];

export type ShardChoice = {
  /** The shards that the run offers. */
  readonly shards: ReadonlySignal<Loadable<Shards>>;
  /** The number of the chosen shard; null until the list is here. */
  readonly shard: ReadonlySignal<number | null>;
  /** The chosen shard's pictures. */
  readonly data: ReadonlySignal<Loadable<ImageDataset>>;
  /** Lists the run's shards and chooses `preferred`, or one at random. */
  offer(run: RunSummary, preferred: number | null): Promise<void>;
  choose(run: RunSummary, index: number): Promise<void>;
};

/** `random`: uniform in [0, 1). It picks the shard that is offered first, so that volunteers spread over all of them. */
export function createShardChoice(random: () => number): ShardChoice {
  const shards = signal<Loadable<Shards>>(loading());
  const shard = signal<number | null>(null);
  const data = signal<Loadable<ImageDataset>>(loading());
  /** The run and the shard that were asked for last: an answer for others comes too late. */
  let wanted = { run: "", shard: -1 };

  const choose = async (run: RunSummary, index: number) => {
    const mine = { run: run.id, shard: index };
    wanted = mine;
    shard.value = index;
    data.value = loading();
    const answer = await fetchShard(run.id, index, classesOf(networkOf(run.plan)));
    if (wanted === mine) data.value = answer.ok ? ready(answer.value) : failed(answer);
  };

  const offer = async (run: RunSummary, preferred: number | null) => {
    const mine = { run: run.id, shard: -1 };
    wanted = mine;
    shards.value = loading();
    data.value = loading();
    shard.value = null;
    const answer = await getJson("/api/runs/:run/shards", { run: run.id });
    if (wanted !== mine) return;
    shards.value = answer.ok ? ready(answer.value.shards) : failed(answer);
    const list = answer.ok ? answer.value.shards : [];
    const first = list.find(({ index }) => index === preferred) ?? list[Math.floor(random() * list.length)];
    if (first !== undefined) await choose(run, first.index);
  };

  return { shards, shard, data, offer, choose };
}
