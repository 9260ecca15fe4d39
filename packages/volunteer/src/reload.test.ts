import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { parameterCount, prepareBackend } from "@tributary/model";
import { decodeValues, networkOf, type Plan } from "@tributary/protocol";
import { beforeAll, expect, test } from "vitest";
import { testDataset } from "../testing/dataset.ts";
import { testPlan } from "../testing/plan.ts";
import { depsOf, eventually } from "../testing/running-volunteer.ts";
import { createScriptedServer, type ScriptedServer } from "../testing/scripted-server.ts";
import { startVolunteer } from "./start-volunteer.ts";
import { decodeClientMemory } from "./training/client-memory-bytes.ts";
import { createClientMemoryStorage } from "./training/client-memory-storage.ts";
import { createLocalTrainer } from "./training/local-trainer.ts";
import type { SessionStore, Trainer } from "./types.ts";

const plan: Plan = { ...testPlan, strategy: { kind: "scaffold", serverRate: 1, population: null } };
const parameters = parameterCount(networkOf(plan));
const ROUNDS = 3;
/**
 * The writes of a visit that ends well: the identity, then in each round memory, update, memory, removal of the
 * update.
 */
const WRITES = 1 + 4 * ROUNDS;

beforeAll(async () => {
  await tf.setBackend("cpu");
  prepareBackend();
});

/**
 * Longer than the server takes for a whole delivery, so that writes and the server's words come in every wrong order.
 */
const slow = () => new Promise<void>((resolve) => setTimeout(resolve, 2));

/**
 * A page's life on `values`. Its writes are made one after the other, each some time after it was asked for. The page
 * dies when write number `writes` is due, and with it all writes that are waiting.
 */
async function visit(
  server: ScriptedServer,
  values: Map<string, Uint8Array>,
  writes: number,
  onDeath: () => void,
) {
  let left = writes;
  let dead = false;
  let last = Promise.resolve();
  const make = async (change: () => void): Promise<void> => {
    await slow();
    if (left === 0) {
      dead = true;
      server.drop();
      onDeath();
      await new Promise(() => undefined);
    }
    left -= 1;
    change();
  };
  const write = (change: () => void): Promise<void> => {
    last = last.then(() => make(change));
    return last;
  };
  const store: SessionStore = {
    load: async (key) => values.get(key) ?? null,
    save: (key, value) => write(() => void values.set(key, value)),
    remove: (key) => write(() => void values.delete(key)),
  };
  const memory = createClientMemoryStorage(store, "demo");
  const local = createLocalTrainer({
    dataset: testDataset(30),
    holdOut: null,
    source: "shard-0",
    backend: "cpu",
  });
  local.importMemory((await memory.load()) ?? new Uint8Array());
  const trainer: Trainer = {
    ...local,
    async train(request) {
      const result = await local.train(request);
      void memory.save(local.exportMemory());
      return result;
    },
    async settle(round, counted) {
      await slow();
      await local.settle(round, counted);
      await memory.save(local.exportMemory());
    },
  };
  startVolunteer({
    url: "ws://test/api/volunteer",
    run: "demo",
    deps: {
      ...depsOf(server, trainer, store),
      openSocket: (url, events) =>
        dead ? { send: nothing, close: nothing, bufferedAmount: 0 } : server.openSocket(url, events),
      after: () => nothing,
    },
    onView: nothing,
  });
}

function nothing(): void {}

/** c_i as the store has it, with the newest control delta if that is committed. */
function keptControl(values: ReadonlyMap<string, Uint8Array>): Float32Array | null {
  const memory = decodeClientMemory(values.get("demo/memory") ?? new Uint8Array());
  if (!memory?.pending?.committed) return memory?.control ?? null;
  return memory.pending.delta.map((value, at) => value + (memory.control?.[at] ?? 0));
}

test("[V41] whichever write of its store a page died at, the next visit ends with the control variate that the server summed", async () => {
  let deaths = 0;
  for (let writes = 0; writes <= WRITES; writes++) {
    const server = createScriptedServer(parameters, plan);
    const values = new Map<string, Uint8Array>();
    await visit(server, values, writes, () => {
      deaths += 1;
      void visit(server, values, Number.POSITIVE_INFINITY, nothing);
    });
    for (let round = 1; round <= ROUNDS; round++) {
      server.openRound(round);
      await eventually(() => expect(server.committed, `write ${writes}`).toHaveLength(round));
    }
    const summed = server.committed
      .map(({ bytes }) => decodeValues(bytes, "float32").subarray(parameters))
      .reduce((sum, delta) => sum.map((value, at) => value + (delta[at] ?? 0)));
    await eventually(() => expect([...values.keys()].sort()).toEqual(["demo/identity", "demo/memory"]));
    expect(keptControl(values), `write ${writes}`).toEqual(summed);
    expect(Math.hypot(...summed)).toBeGreaterThan(1e-3);
  }
  expect(deaths).toBe(WRITES);
});
