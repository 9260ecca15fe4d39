/** The demo's plan: DynaFed on Fashion-MNIST, small enough for two cores without a GPU. */
import type { Plan } from "@tributary/protocol";
import type { DemoOptions } from "./options.ts";

const CLASS_NAMES = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];

/** Long enough for a slow machine, short enough that a page that hangs does not hold the demo for ever. */
const DEADLINE_MS = 300_000;

/** Everybody takes part in every round. Synthesis comes at half-time, with 5 to 20 snapshots. */
export function demoPlan({ volunteers, rounds, alpha, seed }: DemoOptions): Plan {
  return {
    seed,
    network: { kind: "convnet", image: [28, 28, 1], classes: 10, width: 16, depth: 3 },
    classNames: CLASS_NAMES,
    preprocessing: { mean: 0.1307, std: 0.3081 },
    rounds,
    cohort: { minimum: volunteers, size: volunteers, quorum: volunteers, deadlineMs: DEADLINE_MS },
    local: {
      epochs: 1,
      batchSize: 32,
      optimizer: { kind: "adam", learningRate: 1e-3 },
      keepOptimizerState: true,
    },
    updateDtype: "float32",
    limits: { maxExamples: 6000, maxMagnitude: 10, maxNorm: 1000 },
    strategy: {
      kind: "dynafed",
      snapshots: Math.min(20, Math.max(5, Math.floor(rounds / 2))),
      imagesPerClass: 3,
      innerSteps: 8,
      innerStep: 0.4,
      iterations: 100,
      imageRate: 5e-2,
      labelRate: 1e-2,
      innerStepRate: 1e-5,
      labelStart: 5,
      ahead: 3,
      leastAveraged: 2,
      refineSteps: 20,
      refineRate: 1e-3,
      augment: true,
    },
    sample: { dataset: "fashion-mnist", train: 6000, test: 1000, shards: volunteers, alpha },
  };
}

/** The same run without DynaFed, in the words of `npm run simulate`. */
export function twinConfig(plan: Plan): Record<string, string | number> {
  return {
    seed: plan.seed,
    alpha: plan.sample.alpha,
    clients: plan.sample.shards,
    perRound: plan.cohort.size,
    train: plan.sample.train,
    test: plan.sample.test,
    width: plan.network.kind === "convnet" ? plan.network.width : 0,
    rounds: plan.rounds,
    batch: plan.local.batchSize,
    clientOptimizer: plan.local.optimizer.kind,
    clientLr: plan.local.optimizer.learningRate,
    strategy: "fedavg",
  };
}
