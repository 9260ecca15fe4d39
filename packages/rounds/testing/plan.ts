import { type CohortRules, type NetworkSpec, type Plan, paperLevers } from "@tributary/protocol";
import { taskOfNetwork } from "@tributary/protocol/testing";
import type { Static } from "typebox";

/** A small plan for tests; `snapshots` null: plain federated averaging. */
export function testPlan(choice: {
  readonly rounds: number;
  readonly cohort: Static<typeof CohortRules>;
  readonly snapshots?: number | null;
  readonly refreshEvery?: number;
  readonly network?: NetworkSpec;
  readonly iterations?: number;
  readonly updateDtype?: Plan["updateDtype"];
}): Plan {
  const network: NetworkSpec = choice.network ?? {
    kind: "mlp",
    input: [4, 4, 1],
    outputs: 2,
    loss: "cross-entropy",
    hidden: [4],
  };
  const snapshots = choice.snapshots ?? null;
  return {
    seed: 11,
    task: taskOfNetwork(network, { scale: { mean: [0.5], std: [0.5] } }),
    rounds: choice.rounds,
    cohort: choice.cohort,
    local: {
      epochs: 1,
      batchSize: 8,
      optimizer: { kind: "sgd", learningRate: 0.1 },
      keepOptimizerState: false,
    },
    updateDtype: choice.updateDtype ?? "float32",
    limits: { maxExamples: 1000, maxMagnitude: 10, maxNorm: 100 },
    strategy: { kind: "fedavg" },
    dynafed:
      snapshots === null
        ? null
        : {
            ...paperLevers,
            snapshots,
            refreshEvery: choice.refreshEvery ?? 0,
            refreshIterations: 2,
            imagesPerClass: 1,
            innerSteps: 2,
            innerStep: 0.1,
            iterations: choice.iterations ?? 3,
            imageRate: 0.05,
            labelRate: 0.01,
            innerStepRate: 1e-5,
            ahead: 3,
            leastAveraged: 2,
            refineSteps: 2,
            refineRate: 1e-3,
            augment: "none",
          },
    sample: { dataset: "fashion-mnist", train: 100, test: 50, shards: 2, alpha: 1 },
  };
}
