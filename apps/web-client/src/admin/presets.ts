/** Plans to begin from. */
import type { CreateRunBody, DynafedSettings, Plan } from "@tributary/protocol";

export type Preset = {
  readonly id: string;
  readonly label: string;
  readonly about: string;
  readonly body: CreateRunBody;
};

const fashion = [
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

const smallDynafed: DynafedSettings = {
  kind: "dynafed",
  snapshots: 10,
  imagesPerClass: 3,
  innerSteps: 8,
  innerStep: 0.4,
  iterations: 100,
  imageRate: 0.05,
  labelRate: 0.01,
  innerStepRate: 0.00001,
  labelStart: 5,
  ahead: 3,
  leastAveraged: 2,
  refineSteps: 20,
  refineRate: 0.001,
  augment: true,
};

/** Pi et al., CVPR 2023, and their released code. */
const paperDynafed: DynafedSettings = {
  ...smallDynafed,
  snapshots: 25,
  imagesPerClass: 15,
  innerSteps: 20,
  innerStep: 0.04,
  labelStart: 0,
  iterations: 3000,
  refineRate: 0.0001,
};

const small: Plan = {
  seed: 1,
  network: { kind: "convnet", image: [28, 28, 1], classes: 10, width: 16, depth: 3 },
  classNames: fashion,
  preprocessing: { mean: 0.1307, std: 0.3081 },
  rounds: 20,
  cohort: { minimum: 4, size: 4, quorum: 3, deadlineMs: 120_000 },
  local: {
    epochs: 1,
    batchSize: 32,
    optimizer: { kind: "adam", learningRate: 0.001 },
    keepOptimizerState: true,
  },
  updateDtype: "float32",
  limits: { maxExamples: 100_000, maxMagnitude: 10, maxNorm: 1000 },
  strategy: smallDynafed,
  sample: { dataset: "fashion-mnist", train: 6000, test: 1000, shards: 4, alpha: 0.04 },
};

const paper: Plan = {
  ...small,
  network: { kind: "convnet", image: [28, 28, 1], classes: 10, width: 128, depth: 3 },
  rounds: 200,
  cohort: { minimum: 32, size: 32, quorum: 24, deadlineMs: 600_000 },
  strategy: paperDynafed,
  sample: { dataset: "fashion-mnist", train: 60_000, test: 10_000, shards: 80, alpha: 0.04 },
};

export const presets: readonly [Preset, ...Preset[]] = [
  {
    id: "small-dynafed",
    label: "Small DynaFed",
    about: "Four volunteers, a few minutes on a laptop.",
    body: { name: "Fashion-MNIST with DynaFed", plan: small },
  },
  {
    id: "small-fedavg",
    label: "Small federated averaging",
    about: "The same without the synthetic set, to compare.",
    body: { name: "Fashion-MNIST with averaging", plan: { ...small, strategy: { kind: "fedavg" } } },
  },
  {
    id: "paper",
    label: "DynaFed at the paper's size",
    about: "80 shards of the full set, 200 rounds, a GPU on the server.",
    body: { name: "Fashion-MNIST at the paper's size", plan: paper },
  },
];
