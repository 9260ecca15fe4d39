/** Volunteers in one Node process, over real sockets. Each trains on a sample shard that the server lends. */
import { arch, platform } from "node:os";
import { type Dataset, holdOutRuleOf } from "@tributary/model";
import type { RunSummary } from "@tributary/protocol";
import {
  createLocalTrainer,
  createMemoryStore,
  startVolunteer,
  type Trainer,
  type Volunteer,
  type VolunteerDeps,
  type VolunteerView,
} from "@tributary/volunteer";
import { openBackend } from "./backend.ts";
import { fetchShard, findRun, listShards } from "./sample-data.ts";
import { createTurns, inTurn } from "./turns.ts";
import { openWsSocket } from "./ws-socket.ts";

/** Which run to join, with how many volunteers, and for how long. */
export type NodeVolunteersOptions = {
  /** http(s)://host of the server, without a slash at the end. */
  readonly url: string;
  /** The run's id; null: the newest run that is not over. */
  readonly run: string | null;
  readonly count: number;
  /** The first volunteer's shard; the others take the shards after it. Null: from the last shard downwards. */
  readonly firstShard: number | null;
  readonly backend: "wasm" | "cpu";
  /** A volunteer stops after this many updates; null: when the run is over. */
  readonly rounds: number | null;
  /** How long to wait for a server that does not answer at the start. Default: 10 s. */
  readonly patienceMs?: number;
  /** `volunteer` counts from 1. */
  readonly onView?: (volunteer: number, view: VolunteerView) => void;
};

/** Volunteers at work. */
export type NodeVolunteers = {
  /** The id of the run that they joined. */
  readonly run: string;
  /** The shard of each volunteer. */
  readonly shards: readonly number[];
  /** Resolves with the last view of each volunteer when all of them have stopped or failed. */
  readonly ended: Promise<readonly VolunteerView[]>;
  /** Stops all of them. */
  stop(): Promise<void>;
};

/** Rejects where the server cannot be reached or has no such run or shard; the message quotes the value. */
export async function startNodeVolunteers(options: NodeVolunteersOptions): Promise<NodeVolunteers> {
  const { url, count, firstShard, backend, patienceMs = 10_000 } = options;
  const run = await findRun(url, options.run, patienceMs);
  const shards = chooseShards(await listShards(url, run.id), firstShard, count);
  await openBackend(backend);
  const turns = createTurns();
  const started = (await fetchShards(url, run, shards)).map(({ shard, dataset }, at) => {
    const holdOut = holdOutRuleOf(run.plan);
    const trainer = createLocalTrainer({ dataset, holdOut, source: `shard-${shard}`, backend });
    return startOne(options, at + 1, run.id, inTurn(trainer, turns));
  });
  return {
    run: run.id,
    shards,
    ended: Promise.all(started.map(({ ended }) => ended)),
    async stop() {
      await Promise.all(started.map(({ volunteer }) => volunteer.stop()));
    },
  };
}

/** The shard of each volunteer. One is taken twice only where there are more volunteers than shards. */
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

/**
 * Fetches each shard once. All data is here before the first training, which would hold up what is still on its way.
 */
async function fetchShards(url: string, run: RunSummary, shards: readonly number[]) {
  const datasets = new Map<number, Dataset>();
  const lent: { readonly shard: number; readonly dataset: Dataset }[] = [];
  for (const shard of shards) {
    const dataset = datasets.get(shard) ?? (await fetchShard(url, run, shard));
    datasets.set(shard, dataset);
    lent.push({ shard, dataset });
  }
  return lent;
}

type Started = { readonly volunteer: Volunteer; readonly ended: Promise<VolunteerView> };

function startOne(options: NodeVolunteersOptions, number: number, run: string, trainer: Trainer): Started {
  let end: (view: VolunteerView) => void = () => undefined;
  const ended = new Promise<VolunteerView>((resolve) => {
    end = resolve;
  });
  const volunteer = startVolunteer({
    url: `${options.url.replace(/^http/, "ws")}/api/volunteer`,
    run,
    deps: depsOf(trainer),
    onView(view) {
      options.onView?.(number, view);
      if (view.status.phase === "stopped" || view.status.phase === "failed") end(view);
      else if (isDone(view, options.rounds)) void volunteer.stop();
    },
  });
  return { volunteer, ended };
}

function depsOf(trainer: Trainer): VolunteerDeps {
  return {
    openSocket: openWsSocket,
    trainer,
    store: createMemoryStore(),
    now: () => performance.now(),
    random: Math.random,
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    client: {
      name: "tributary-node",
      version: "0.1.0",
      device: `Node ${process.version} ${platform()} ${arch()}`,
    },
  };
}

function isDone({ activity, contribution }: VolunteerView, rounds: number | null): boolean {
  const isOver = activity?.state === "finished" || activity?.state === "stopped";
  return isOver || (rounds !== null && contribution.rounds >= rounds);
}
