/** A plan to begin from: DynaFed on Fashion-MNIST, small enough for two cores without a GPU. */
import { type DynafedSettings, paperLevers } from "./dynafed.ts";
import { fashionMnistTask } from "./fashion-mnist-task.ts";
import type { Plan, SampleData } from "./plan.ts";

/** A label start of 5 instead of the paper's 0 makes a hundred iterations enough. */
export const smallDynafed: DynafedSettings = {
  ...paperLevers,
  snapshots: 10,
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
  augment: "siamese",
};

/** A subset of Fashion-MNIST, dealt out to four volunteers. */
const smallSample: SampleData = { dataset: "fashion-mnist", train: 6000, test: 1000, shards: 4, alpha: 0.04 };

/** Four volunteers, twenty rounds, very different shards. */
export const smallPlan: Plan = {
  seed: 1,
  task: fashionMnistTask,
  rounds: 20,
  cohort: { minimum: 4, size: 4, quorum: 3, deadlineMs: 120_000 },
  local: {
    epochs: 1,
    batchSize: 32,
    optimizer: { kind: "adam", learningRate: 1e-3 },
    keepOptimizerState: true,
  },
  updateDtype: "float32",
  limits: { maxExamples: 100_000, maxMagnitude: 10, maxNorm: 1000 },
  strategy: { kind: "fedavg" },
  dynafed: smallDynafed,
  sample: smallSample,
};

/** The plan of the demo run: a single browser tab is enough to see rounds, a synthesis and refined rounds. */
export const demoPlan: Plan = {
  ...smallPlan,
  rounds: 500,
  cohort: { minimum: 1, size: 8, quorum: 1, deadlineMs: 60_000 },
  dynafed: { ...smallDynafed, snapshots: 8, iterations: 60 },
  sample: { ...smallSample, shards: 10, alpha: 0.5 },
};
