/** A live run whose cohorts are everybody, over real sockets and the real store, beside its simulated twin. */

import { openBackend } from "@tributary/backends";
import { startWorker, type Worker } from "@tributary/compute";
import { dirichletSplit, subsetOf, takeExamples } from "@tributary/datasets";
import {
  createRng,
  holdOutRuleOf,
  type ImageDataset,
  initialParameters,
  initSeed,
  type LabelledDataset,
  type RowDataset,
  splitSeed,
} from "@tributary/model";
import { type MlpSpec, networkOf, type Plan, sampleOf } from "@tributary/protocol";
import { testPlan } from "@tributary/rounds/testing";
import { startTestServer, type TestServer, until } from "@tributary/server/testing";
import { snapshotOf } from "@tributary/storage";
import { defaultSettings } from "@tributary/strategy";
import { createLocalTrainer, type SocketEvents, startVolunteer, type Volunteer } from "@tributary/volunteer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { simulate } from "./simulate.ts";

const shards = 3;
const dotData = { train: dots(60, 1), test: dots(20, 2) };
const rowData = { train: rows(60, 1), test: rows(20, 2) };
type TwinData = typeof dotData | typeof rowData;
const cohort = { minimum: shards, size: shards, quorum: shards, deadlineMs: 600_000 };
const base = testPlan({ rounds: 6, cohort, snapshots: 5 });
const sample = { dataset: "dots", train: 60, test: 20, shards, alpha: 0.5 };
const local: Plan["local"] = {
  epochs: 2,
  batchSize: 8,
  optimizer: { kind: "adam", learningRate: 0.01 },
  keepOptimizerState: true,
};

let server: TestServer;
let worker: Worker;

beforeAll(async () => {
  await openBackend("cpu");
  server = await startTestServer();
  worker = await startWorker({
    storage: server.storage,
    readTestSet: async (dataset) => (dataset === "rows" ? rowData : dotData).test,
    backend: "cpu",
    checkpointMs: 1000,
    longestGapMs: 15_000,
    beatMs: 250,
    nowMs: Date.now,
    worker: "twin",
    timing: { leaseMs: 10_000, renewMs: 1000, progressMs: 1000, pollMs: 50 },
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
});
afterAll(async () => {
  await worker.stop();
  await server.close();
});

test.each([
  ["scaffold", "float32", false],
  ["scaffold", "float16", true],
  ["fedadam", "float32", true],
  ["fedprox", "float32", false],
] as const)(
  "[G13] a live run of %s in %s, DynaFed %s, has the models of its simulated twin",
  async (kind, updateDtype, dynafed) => {
    const strategy = {
      ...defaultSettings(kind),
      ...(kind === "fedprox" ? { mu: 0.5 } : {}),
    } as Plan["strategy"];
    const plan: Plan = {
      ...base,
      strategy,
      updateDtype,
      local,
      sample,
      dynafed: dynafed ? base.dynafed : null,
    };
    const run = `${kind}-${updateDtype}`;
    await expectTwins(run, plan, dotData);
    if (kind === "scaffold") {
      const [control] = await server.storage.strategyStates.listBefore(run, plan.rounds);
      expect(control).toMatchObject({ name: "control", round: plan.rounds - 1 });
    }
  },
  60_000,
);

test("[G13] a live run on rows of a table, with a hold-out and DynaFed, has the models of its simulated twin", async () => {
  const network: MlpSpec = { kind: "mlp", input: [4], outputs: 2, loss: "cross-entropy", hidden: [6] };
  const table = testPlan({
    rounds: 6,
    cohort,
    snapshots: 5,
    network,
  });
  if (table.task.kind !== "table-classification" || table.dynafed === null) throw new Error("no table");
  const plan: Plan = {
    ...{ ...table, local, sample: { ...sample, dataset: "rows" } },
    task: { ...table.task, evaluation: { holdOut: 0.3, headline: "accuracy" } },
    dynafed: { ...table.dynafed, augment: "noise", noiseStd: 0.1 },
    strategy: defaultSettings("scaffold"),
  };
  await expectTwins("rows", plan, rowData);
}, 60_000);

/** Runs the plan live and in simulation: both must end in the same bits, with everybody in every round. */
async function expectTwins(run: string, plan: Plan, data: TwinData): Promise<void> {
  const twin = await simulate(plan, data);
  const { storage, runs } = server;
  const initial = snapshotOf(initialParameters(networkOf(plan), initSeed(plan.seed)));
  await storage.runs.create({ id: run, name: run, plan, initial });
  const coordinator = await runs.open(run);
  await coordinator?.act("start");
  const volunteers = join(run, plan, data);
  if (coordinator === null) throw new Error("the run did not open");
  await until(coordinator, ({ phase }) => phase === "finished");
  for (const volunteer of volunteers) await volunteer.stop();

  const last = coordinator.state();
  expect(last.phase === "finished" && last.snapshot).toBe(snapshotOf(twin.parameters).hash);
  const rows = await storage.rounds.rows(run);
  expect(rows.map(({ participants }) => participants)).toEqual(new Array(plan.rounds).fill(shards));
  const refined = rows.filter(({ refinedSnapshot }) => refinedSnapshot !== null);
  expect(refined.length).toBe(plan.dynafed === null ? 0 : 2);
}

/** One volunteer a shard, each with a socket of its own. */
function join(run: string, plan: Plan, data: TwinData): readonly Volunteer[] {
  const train: LabelledDataset = subsetOf<LabelledDataset>(data.train, sampleOf(plan).train);
  const { labels, classes } = train;
  const { alpha } = sampleOf(plan);
  const parts = dirichletSplit({ labels, classes, clients: shards, alpha, seed: splitSeed(plan.seed) });
  return parts.map((indices, index) => {
    const stored = new Map<string, Uint8Array>();
    return startVolunteer({
      url: server.url,
      run,
      deps: {
        openSocket,
        trainer: createLocalTrainer({
          holdOut: holdOutRuleOf(plan),
          dataset: takeExamples(train, indices),
          source: `shard-${index}`,
          backend: "cpu",
        }),
        store: {
          load: async (key) => stored.get(key) ?? null,
          save: async (key, value) => void stored.set(key, value),
          remove: async (key) => void stored.delete(key),
        },
        now: Date.now,
        random: () => 0.5,
        after(ms, action) {
          const timer = setTimeout(action, ms);
          return () => clearTimeout(timer);
        },
        client: { name: "twin", version: "1", device: "test" },
      },
      onView: () => undefined,
    });
  });
}

function openSocket(url: string, events: SocketEvents) {
  const socket = new WebSocket(url);
  socket.on("open", events.opened);
  socket.on("message", (bytes: Buffer) => events.received(Uint8Array.from(bytes)));
  socket.on("close", (code, reason) => events.closed(code, String(reason)));
  socket.on("error", () => undefined);
  return socket;
}

/** 4x4 images of two classes: noise, brighter in one half or in the other. */
function dots(count: number, seed: number): ImageDataset {
  const rng = createRng(seed);
  const labels = Uint8Array.from({ length: count }, (_, at) => at % 2);
  const pixels = Uint8Array.from({ length: 16 * count }, (_, at) => {
    const bright = (at % 16 < 8 ? 0 : 1) === (labels[Math.floor(at / 16)] ?? 0);
    return rng.integer(128) + (bright ? 100 : 0);
  });
  return { kind: "images", image: [4, 4, 1], classes: 2, count, pixels, labels };
}

/** Rows of four numbers; the class is the sign of the first, with noise. */
function rows(count: number, seed: number): RowDataset {
  const rng = createRng(seed);
  const labels = Uint8Array.from({ length: count }, (_, at) => at % 2);
  const values = Float32Array.from({ length: 4 * count }, (_, at) => {
    const sign = (labels[at >> 2] ?? 0) * 2 - 1;
    return rng.normal() + (at % 4 === 0 ? sign : 0);
  });
  return { kind: "rows", features: 4, classes: 2, count, rows: values, labels };
}
