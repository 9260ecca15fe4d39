/** Which sample shard of the chosen run is chosen. Its pictures are read by the data desk. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { RunSummary, ShardList } from "@tributary/protocol";
import { getJson } from "../api.ts";
import { failed, type Loadable, loading, ready } from "./loadable.ts";

export type Shards = ShardList["shards"];

export type ShardChoice = {
  /** The shards that the run offers. */
  readonly shards: ReadonlySignal<Loadable<Shards>>;
  /** The number of the chosen shard; null until the list is here. */
  readonly shard: ReadonlySignal<number | null>;
  /** Lists the run's shards and chooses `preferred`, or one at random. Null: there is none, or another run came first. */
  offer(run: RunSummary, preferred: number | null): Promise<number | null>;
  choose(index: number): void;
};

/** `random`: uniform in [0, 1). It picks the shard that is offered first, so that volunteers spread over all of them. */
export function createShardChoice(random: () => number): ShardChoice {
  const shards = signal<Loadable<Shards>>(loading());
  const shard = signal<number | null>(null);
  /** The run that was asked for last: an answer for another comes too late. */
  let wanted = "";

  const offer = async (run: RunSummary, preferred: number | null) => {
    wanted = run.id;
    shards.value = loading();
    shard.value = null;
    const answer = run.plan.sample === null ? null : await getJson("/api/runs/:run/shards", { run: run.id });
    if (wanted !== run.id) return null;
    const list = answer?.ok === true ? answer.value.shards : [];
    shards.value = answer === null || answer.ok ? ready(list) : failed(answer);
    const first = list.find(({ index }) => index === preferred) ?? list[Math.floor(random() * list.length)];
    shard.value = first?.index ?? null;
    return shard.value;
  };
  const choose = (index: number) => {
    shard.value = index;
  };
  return { shards, shard, offer, choose };
}
