import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { createRng, type Dataset, holdOut, initialParameters, prepareBackend } from "@tributary/model";
import { type MlpSpec, type NetworkSpec, networkOf, type Plan } from "@tributary/protocol";
import { taskOfNetwork } from "@tributary/protocol/testing";
import { defaultSettings, strategies } from "@tributary/strategy";
import { beforeAll, expect, test } from "vitest";
import { testDataset } from "../../testing/dataset.ts";
import { hashOf, testPlan } from "../../testing/plan.ts";
import { emptyMemory, remember, settle } from "./client-memory.ts";
import { finishedUpdate } from "./finished-update.ts";
import { playLocalRound } from "./local-round.ts";

const rng = createRng(4);
const rows = { features: 4, count: 30, rows: Float32Array.from({ length: 120 }, () => rng.normal()) };
const labels = Uint8Array.from({ length: 30 }, (_, at) => at % 2);
const values = Float32Array.from({ length: 30 }, () => rng.normal());
const perceptron: MlpSpec = { kind: "mlp", input: [4], outputs: 2, loss: "cross-entropy", hidden: [5] };
const kinds: readonly (readonly [Dataset["kind"], NetworkSpec, Dataset])[] = [
  ["images", networkOf(testPlan), testDataset(30)],
  ["rows", perceptron, { kind: "rows", ...rows, classes: 2, labels }],
  [
    "value-rows",
    { ...perceptron, outputs: 1, loss: "squared-error" },
    { kind: "value-rows", ...rows, values },
  ],
];
const cases = strategies.flatMap(({ kind: strategy }) =>
  kinds.map(([kind, network, dataset]) => ({ strategy, kind, network, dataset })),
);

beforeAll(async () => {
  await tf.setBackend("cpu");
  prepareBackend();
});

test.each(cases)(
  "[V44] $strategy trains on $kind, and its update and measurement are finite",
  async ({ strategy, kind, network, dataset }) => {
    const plan: Plan = {
      ...testPlan,
      task: taskOfNetwork(network),
      local: { ...testPlan.local, optimizer: { kind: "sgd", learningRate: 0.05 } },
      strategy: defaultSettings(strategy),
    };
    const data = { dataset, source: "shard-0", parts: holdOut(dataset, { share: 0.3, seed: 1 }) };
    let [start, memory] = [initialParameters(network, 1), emptyMemory];
    const { numTensors } = tf.memory();
    for (const round of [1, 2]) {
      const trained = { round, snapshot: hashOf(round), start, plan };
      const result = await playLocalRound(data, memory, { ...trained, control: null });
      const kept = remember(memory, plan, trained, result);
      const { offer } = finishedUpdate(trained, { ...result, controlDelta: kept.controlDelta }, 0);
      expect(offer.examples).toBe(data.parts.train.length);
      expect(offer.tensor.elements).toBe((strategy === "scaffold" ? 2 : 1) * start.length);
      const isRegression = kind === "value-rows";
      expect(result.accuracy === null).toBe(isRegression);
      expect(result.evaluation).toMatchObject({
        kind: isRegression ? "regression" : "classification",
        examples: data.parts.held.length,
      });
      expect(result.parameters).not.toEqual(start);
      memory = settle(kept.memory, round, true);
      start = result.parameters;
    }
    expect(tf.memory().numTensors).toBe(numTensors);
  },
);
