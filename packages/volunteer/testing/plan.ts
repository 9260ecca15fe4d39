/** A small plan and hashes for tests. */

import type { Hash, Plan } from "@tributary/protocol";
import { taskOfNetwork } from "@tributary/protocol/testing";

export const testPlan: Plan = {
  seed: 7,
  task: taskOfNetwork(
    { kind: "mlp", input: [4, 4, 1], outputs: 3, loss: "cross-entropy", hidden: [5] },
    { scale: { mean: [0.3], std: [0.5] } },
  ),
  rounds: 5,
  cohort: { minimum: 1, size: 4, quorum: 1, deadlineMs: 60_000 },
  local: {
    epochs: 1,
    batchSize: 8,
    optimizer: { kind: "adam", learningRate: 0.01 },
    keepOptimizerState: true,
  },
  updateDtype: "float32",
  limits: { maxExamples: 1000, maxMagnitude: 10, maxNorm: 100 },
  strategy: { kind: "fedavg" },
  dynafed: null,
  sample: { dataset: "test", train: 100, test: 50, shards: 2, alpha: 0.1 },
};

/** A hash-shaped name for `number`. */
export function hashOf(number: number): Hash {
  return number.toString(16).padStart(64, "0");
}
