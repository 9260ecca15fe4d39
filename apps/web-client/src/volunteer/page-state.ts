/** Everything that the volunteer page shows, as signals, and what its controls do. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Dataset } from "@tributary/model";
import type { RunSummary, ShardList } from "@tributary/protocol";
import { getJson } from "../api.ts";
import { fetchShard } from "../data/sample-shard.ts";
import type { LastChoice } from "./last-choice.ts";
import { forgetChoice, rememberChoice } from "./last-choice.ts";
import type { PageLink } from "./page-link.ts";
import type { PageStorage } from "./page-storage.ts";
import { openWorkbench, type Workbench } from "./workbench.ts";

export type Loadable<T> =
  | { readonly is: "loading" }
  | { readonly is: "ready"; readonly value: T }
  | { readonly is: "failed"; readonly reason: string };

/** Where the images come from. The own folder is decoded before it can be chosen. */
export type Source = "shard" | "folder";
export type OwnFolder = { readonly dataset: Dataset; readonly name: string };

export type PageState = {
  readonly runs: ReadonlySignal<Loadable<readonly RunSummary[]>>;
  readonly run: ReadonlySignal<RunSummary | null>;
  readonly source: Signal<Source>;
  readonly shards: ReadonlySignal<Loadable<ShardList["shards"]>>;
  readonly shard: ReadonlySignal<number | null>;
  readonly shardData: ReadonlySignal<Loadable<Dataset>>;
  readonly folder: Signal<OwnFolder | null>;
  /** What would be trained on; null until it is chosen and here. */
  readonly dataset: ReadonlySignal<Dataset | null>;
  readonly workbench: Workbench;
  readonly lastChoice: Signal<LastChoice | null>;
  /** What the page's address asks for that is not there, or says wrongly. Nothing starts by itself then. */
  readonly linkProblems: ReadonlySignal<readonly string[]>;
  chooseRun(run: string): Promise<void>;
  chooseShard(index: number): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  goOn(choice: LastChoice): Promise<void>;
  load(): Promise<void>;
};

export type PageDeps = {
  readonly link: PageLink;
  readonly storage: PageStorage;
  readonly remembered: LastChoice | null;
  /** Uniform in [0, 1): which shard is offered first, so that volunteers spread over them. */
  readonly random: () => number;
};

export function createPageState({ link, storage, remembered, random }: PageDeps): PageState {
  const runs = signal<Loadable<readonly RunSummary[]>>({ is: "loading" });
  const runId = signal<string | null>(null);
  const source = signal<Source>("shard");
  const shards = signal<Loadable<ShardList["shards"]>>({ is: "loading" });
  const shard = signal<number | null>(null);
  const shardData = signal<Loadable<Dataset>>({ is: "loading" });
  const folder = signal<OwnFolder | null>(null);
  const lastChoice = signal<LastChoice | null>(remembered);
  const linkProblems = signal(link.problems);
  const workbench = openWorkbench();

  const run = computed(() =>
    runs.value.is === "ready" ? (runs.value.value.find((each) => each.id === runId.value) ?? null) : null,
  );
  const dataset = computed(() => {
    if (source.value === "folder") return folder.value?.dataset ?? null;
    return shardData.value.is === "ready" ? shardData.value.value : null;
  });

  const loadShards = async (chosen: RunSummary, preferred: number | null) => {
    shards.value = { is: "loading" };
    shardData.value = { is: "loading" };
    shard.value = null;
    const answer = await getJson<ShardList>(`/api/runs/${chosen.id}/shards`);
    if (runId.value !== chosen.id) return;
    if (!answer.ok) {
      shards.value = { is: "failed", reason: `${answer.error}: ${answer.detail}` };
      return;
    }
    const list = answer.value.shards;
    shards.value = { is: "ready", value: list };
    const first = list.find(({ index }) => index === preferred) ?? list[Math.floor(random() * list.length)];
    if (first !== undefined) await page.chooseShard(first.index);
  };

  const selectRun = async (id: string, preferredShard: number | null) => {
    runId.value = id;
    folder.value = null;
    const chosen = run.value;
    if (chosen !== null) await loadShards(chosen, preferredShard);
  };

  const page: PageState = {
    runs,
    run,
    source,
    shards,
    shard,
    shardData,
    folder,
    dataset,
    workbench,
    lastChoice,
    linkProblems,
    chooseRun: (id) => selectRun(id, null),
    async chooseShard(index) {
      const chosen = run.value;
      if (chosen === null) return;
      shard.value = index;
      shardData.value = { is: "loading" };
      const answer = await fetchShard(chosen.id, index, chosen.plan.network.classes);
      if (shard.value !== index || runId.value !== chosen.id) return;
      shardData.value = answer.ok
        ? { is: "ready", value: answer.value }
        : { is: "failed", reason: `${answer.error}: ${answer.detail}` };
    },
    async start() {
      if (run.value === null || dataset.value === null) return;
      const index = source.value === "shard" ? shard.value : null;
      rememberChoice(storage, { run: run.value.id, shard: index });
      lastChoice.value = null;
      const stream = index === null ? "own" : `shard-${index}`;
      await workbench.start({ run: run.value, dataset: dataset.value, stream, forced: link.backend });
    },
    async stop() {
      forgetChoice(storage);
      await workbench.stop();
    },
    async goOn(choice) {
      source.value = choice.shard === null ? "folder" : "shard";
      await selectRun(choice.run, choice.shard);
      if (choice.shard !== null && dataset.value !== null) await page.start();
    },
    async load() {
      const answer = await getJson<readonly RunSummary[]>("/api/runs");
      if (!answer.ok) {
        runs.value = { is: "failed", reason: `${answer.error} ${answer.detail}` };
        return;
      }
      runs.value = { is: "ready", value: answer.value };
      const linked = answer.value.find((each) => each.id === link.run);
      const wanted = linked ?? firstOpen(answer.value);
      const isMissing = link.run !== null && linked === undefined;
      linkProblems.value = [...link.problems, ...(isMissing ? [`this server has no run "${link.run}"`] : [])];
      if (wanted === undefined) return;
      await selectRun(wanted.id, link.shard);
      if (link.shard !== null && hasNoShard(shards.value, link.shard)) {
        linkProblems.value = [...linkProblems.value, `${wanted.name} has no sample shard ${link.shard}`];
      }
      if (link.autostart && linkProblems.value.length === 0) await page.start();
    },
  };
  return page;
}

function hasNoShard(shards: Loadable<ShardList["shards"]>, wanted: number): boolean {
  return shards.is === "ready" && shards.value.every(({ index }) => index !== wanted);
}

/** The demo run, else the newest that still goes on, else the newest. */
function firstOpen(runs: readonly RunSummary[]): RunSummary | undefined {
  const going = runs.filter(({ activity }) => activity.state !== "finished" && activity.state !== "stopped");
  const newest = (list: readonly RunSummary[]) =>
    list.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1)).at(0);
  return going.find((each) => each.id.includes("demo")) ?? newest(going) ?? newest(runs);
}
