/** Everything that the volunteer page shows, as signals, and what its controls do. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Dataset } from "@tributary/model";
import type { RunSummary } from "@tributary/protocol";
import { getJson } from "../api.ts";
import { createDataDesk, type DataDesk, type OpenPort } from "../data/data-desk.ts";
import { forgetChoice, type LastChoice, rememberChoice } from "./last-choice.ts";
import { failed, type Loadable, loading, ready } from "./loadable.ts";
import type { PageLink } from "./page-link.ts";
import type { PageStorage } from "./page-storage.ts";
import { createShardChoice, type ShardChoice, type Shards } from "./shard-choice.ts";
import { isOver } from "./status-words.ts";
import { openWorkbench, type Workbench } from "./workbench.ts";

/** Where the data come from: lent by the server, or brought by the volunteer. */
export type Source = "shard" | "own";

export type PageState = {
  readonly runs: ReadonlySignal<Loadable<readonly RunSummary[]>>;
  /** The chosen run. */
  readonly run: ReadonlySignal<RunSummary | null>;
  readonly source: ReadonlySignal<Source>;
  readonly sample: ShardChoice;
  readonly data: DataDesk;
  /** The data that a start would train on; null until all of them are here. */
  readonly dataset: ReadonlySignal<Dataset | null>;
  readonly workbench: Workbench;
  /** What this browser was doing before a reload; null once something is started. */
  readonly lastChoice: ReadonlySignal<LastChoice | null>;
  /** The parts of the page's address that cannot be used. With any, nothing starts by itself. */
  readonly linkProblems: ReadonlySignal<readonly string[]>;
  chooseRun(run: string): Promise<void>;
  chooseSource(source: Source): Promise<void>;
  chooseShard(index: number): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Chooses again what was chosen before a reload, and starts. */
  goOn(choice: LastChoice): Promise<void>;
  /** Fetches the runs, and chooses as the page's address asks. */
  load(): Promise<void>;
  /** Nothing is remembered any more: after "Forget everything". */
  forgotten(): void;
};

export type PageDeps = {
  readonly link: PageLink;
  readonly storage: PageStorage;
  readonly remembered: LastChoice | null;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly openData: OpenPort;
};

/** What the page's controls work on. */
type Parts = {
  readonly deps: PageDeps;
  readonly runs: Signal<Loadable<readonly RunSummary[]>>;
  readonly runId: Signal<string | null>;
  readonly run: ReadonlySignal<RunSummary | null>;
  readonly source: Signal<Source>;
  readonly sample: ShardChoice;
  readonly data: DataDesk;
  readonly dataset: ReadonlySignal<Dataset | null>;
  readonly workbench: Workbench;
  readonly lastChoice: Signal<LastChoice | null>;
  readonly linkProblems: Signal<readonly string[]>;
};

export function createPageState(deps: PageDeps): PageState {
  const parts = createParts(deps);
  const page: PageState = {
    ...parts,
    chooseRun: (id) => select(parts, id, null),
    chooseSource: (source) => chooseSource(parts, source),
    chooseShard: (index) => chooseShard(parts, index),
    start: () => start(parts),
    stop: () => stop(parts),
    goOn: async (choice) => {
      if (await recall(parts, choice)) await page.start();
    },
    load: async () => {
      if (await load(parts)) await page.start();
    },
    forgotten: () => {
      parts.lastChoice.value = null;
      parts.data.openRun(parts.run.value);
    },
  };
  return page;
}

function createParts(deps: PageDeps): Parts {
  const runs = signal<Loadable<readonly RunSummary[]>>(loading());
  const runId = signal<string | null>(null);
  const run = computed(() => {
    const loaded = runs.value;
    return loaded.phase === "ready" ? (loaded.value.find((each) => each.id === runId.value) ?? null) : null;
  });
  const source = signal<Source>("shard");
  const sample = createShardChoice(deps.random);
  const data = createDataDesk(deps.openData);
  const dataset = computed(() => {
    const { data: read, activity } = data.state.value;
    return read !== null && activity.phase === "idle" && read.dataset.count > 0 ? read.dataset : null;
  });
  const workbench = openWorkbench();
  const lastChoice = signal<LastChoice | null>(deps.remembered);
  const linkProblems = signal(deps.link.problems);
  return { deps, runs, runId, run, source, sample, data, dataset, workbench, lastChoice, linkProblems };
}

async function select(parts: Parts, id: string, preferredShard: number | null): Promise<void> {
  const { run, runId, source, sample, data } = parts;
  runId.value = id;
  data.openRun(run.value);
  if (run.value === null) return;
  if (run.value.plan.sample === null) source.value = "own";
  const shard = await sample.offer(run.value, preferredShard);
  if (shard !== null && source.value === "shard") await data.readShard(shard);
}

/** What was read from the other source is given up. */
async function chooseSource({ source, sample, data }: Parts, chosen: Source): Promise<void> {
  if (source.value === chosen) return;
  source.value = chosen;
  data.clear();
  const shard = sample.shard.value;
  if (chosen === "shard" && shard !== null) await data.readShard(shard);
}

async function chooseShard({ sample, data }: Parts, index: number): Promise<void> {
  sample.choose(index);
  await data.readShard(index);
}

async function start({ deps, run, source, sample, dataset, workbench, lastChoice }: Parts): Promise<void> {
  if (run.value === null || dataset.value === null) return;
  const shard = source.value === "shard" ? sample.shard.value : null;
  rememberChoice(deps.storage, { run: run.value.id, shard });
  lastChoice.value = null;
  const stream = shard === null ? "own" : `shard-${shard}`;
  const forced = deps.link.backend;
  await workbench.start({ run: run.value, dataset: dataset.value, stream, forced });
}

async function stop({ deps, workbench }: Parts): Promise<void> {
  forgetChoice(deps.storage);
  await workbench.stop();
}

/** Chooses again what was chosen before a reload. True when training can start with it. */
async function recall(parts: Parts, choice: LastChoice): Promise<boolean> {
  parts.source.value = choice.shard === null ? "own" : "shard";
  await select(parts, choice.run, choice.shard);
  return choice.shard !== null && parts.dataset.value !== null;
}

/** Fetches the runs and chooses one. True when the page's address asks for a start that nothing stands against. */
async function load(parts: Parts): Promise<boolean> {
  const { link } = parts.deps;
  const answer = await getJson("/api/runs");
  parts.runs.value = answer.ok ? ready(answer.value) : failed(answer);
  if (!answer.ok) return false;
  const linked = answer.value.find((each) => each.id === link.run);
  const wanted = linked ?? firstOffered(answer.value);
  const problems = [...link.problems, ...(linked === undefined ? missingRun(link) : [])];
  parts.linkProblems.value = problems;
  if (wanted === undefined) return false;
  await select(parts, wanted.id, link.shard);
  parts.linkProblems.value = [...problems, ...missingShard(link, wanted, parts.sample.shards.value)];
  return link.autostart && parts.linkProblems.value.length === 0;
}

function missingRun({ run }: PageLink): readonly string[] {
  return run === null ? [] : [`This server has no run "${run}".`];
}

function missingShard({ shard }: PageLink, run: RunSummary, shards: Loadable<Shards>): readonly string[] {
  const isMissing =
    shard !== null && shards.phase === "ready" && shards.value.every(({ index }) => index !== shard);
  return isMissing ? [`${run.name} has no sample shard ${shard}.`] : [];
}

/** The demo run, otherwise the newest run that goes on, otherwise the newest. */
function firstOffered(runs: readonly RunSummary[]): RunSummary | undefined {
  const going = runs.filter(({ activity }) => !isOver(activity));
  const newest = (list: readonly RunSummary[]) =>
    list.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1)).at(0);
  return going.find((each) => each.id.includes("demo")) ?? newest(going) ?? newest(runs);
}
