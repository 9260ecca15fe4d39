/** Volunteers in one Node process, over real sockets, each with a sample shard of its own. */
import { arch, platform } from "node:os";
import type { Dataset } from "@tributary/model";
import { createLocalTrainer, startVolunteer, type Volunteer, type VolunteerView } from "@tributary/volunteer";
import { openBackend } from "./backend.ts";
import { createMemoryStore } from "./memory-store.ts";
import { fetchShard, findRun, listShards } from "./sample-data.ts";
import { createTurns, inTurn } from "./turns.ts";
import { openWsSocket } from "./ws-socket.ts";

export type NodeVolunteersOptions = {
  /** http(s)://host of the server, without a slash at the end. */
  readonly url: string;
  /** Null: the newest run that is not over. */
  readonly run: string | null;
  readonly count: number;
  /** The first volunteer's shard, the others take those after it; null: from the last downwards. */
  readonly firstShard: number | null;
  readonly backend: "wasm" | "cpu";
  /** Updates after which a volunteer stops; null: when the run is over. */
  readonly rounds: number | null;
  /** How long a server that does not answer is waited for at the start. */
  readonly patienceMs?: number;
  /** `volunteer` counts from 1. */
  readonly onView?: (volunteer: number, view: VolunteerView) => void;
};

export type NodeVolunteers = {
  readonly run: string;
  /** The shard of each volunteer. */
  readonly shards: readonly number[];
  views(): readonly VolunteerView[];
  /** When every volunteer has stopped or failed: their last views. */
  readonly ended: Promise<readonly VolunteerView[]>;
  stop(): Promise<void>;
};

/** Rejects, quoting the value, where the server, the run or a shard is not there. */
export async function startNodeVolunteers(options: NodeVolunteersOptions): Promise<NodeVolunteers> {
  const { url, count, backend, patienceMs = 10_000 } = options;
  const summary = await findRun(url, options.run, patienceMs);
  const shards = chooseShards(await listShards(url, summary.id), options.firstShard, count);
  await openBackend(backend);

  // All data is here before the first training, which would hold up what is still on its way.
  const datasets = new Map<number, Dataset>();
  for (const shard of new Set(shards)) datasets.set(shard, await fetchShard(url, summary, shard));
  const turns = createTurns();
  const started = shards.flatMap((shard, at) => {
    const dataset = datasets.get(shard);
    if (dataset === undefined) return [];
    const trainer = createLocalTrainer({ dataset, source: `shard-${shard}`, backend });
    return startOne({ options, number: at + 1, run: summary.id, trainer: inTurn(trainer, turns) });
  });

  return {
    run: summary.id,
    shards,
    views: () => started.map(({ volunteer }) => volunteer.view()),
    ended: Promise.all(started.map(({ ended }) => ended)),
    async stop() {
      await Promise.all(started.map(({ volunteer }) => volunteer.stop()));
    },
  };
}

type Started = { readonly volunteer: Volunteer; readonly ended: Promise<VolunteerView> };

function startOne(one: {
  readonly options: NodeVolunteersOptions;
  readonly number: number;
  readonly run: string;
  readonly trainer: ReturnType<typeof inTurn>;
}): Started {
  const { options, number, run, trainer } = one;
  let end: (view: VolunteerView) => void = () => undefined;
  const ended = new Promise<VolunteerView>((resolve) => {
    end = resolve;
  });
  const volunteer = startVolunteer({
    url: `${options.url.replace(/^http/, "ws")}/api/volunteer`,
    run,
    deps: {
      openSocket: openWsSocket,
      trainer,
      store: createMemoryStore(),
      now: Date.now,
      random: Math.random,
      after(ms, action) {
        const timer = setTimeout(action, ms);
        return () => clearTimeout(timer);
      },
      client: {
        name: "tributary-node",
        version: "0.1.0",
        device: `Node ${process.version} ${platform()} ${arch()}`,
      },
    },
    onView(view) {
      options.onView?.(number, view);
      if (view.status.phase === "stopped" || view.status.phase === "failed") end(view);
      else if (hasDone(view, options.rounds)) void volunteer.stop();
    },
  });
  return { volunteer, ended };
}

function hasDone(view: VolunteerView, rounds: number | null): boolean {
  const state = view.activity?.state;
  return (
    state === "finished" || state === "stopped" || (rounds !== null && view.contribution.rounds >= rounds)
  );
}

/** Spread over all shards; one is taken twice only when there are more volunteers than shards. */
export function chooseShards(
  offered: readonly { readonly index: number; readonly examples: number }[],
  first: number | null,
  count: number,
): readonly number[] {
  const indices = offered.filter(({ examples }) => examples > 0).map(({ index }) => index);
  const start = first === null ? indices.length - 1 : indices.indexOf(first);
  if (start < 0) throw new Error(`there is no shard ${first}: the run lends ${indices.join(", ")}`);
  const direction = first === null ? indices.length - 1 : 1;
  return Array.from({ length: count }, (_, at) => indices[(start + at * direction) % indices.length] ?? 0);
}
