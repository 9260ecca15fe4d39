/** Plans to start from. */
import {
  type CreateRunBody,
  type DynafedSettings,
  paperFashionMnistTask,
  type RunSettings,
  settingsOf,
  smallDynafed,
  smallPlan,
  type TaskReference,
} from "@tributary/protocol";

export type Preset = {
  readonly id: string;
  readonly label: string;
  readonly about: string;
  readonly body: CreateRunBody;
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

const small: RunSettings = settingsOf(smallPlan);

const paper: RunSettings = {
  ...small,
  rounds: 200,
  cohort: { minimum: 32, size: 32, quorum: 24, deadlineMs: 600_000 },
  dynafed: paperDynafed,
  sample: { dataset: "fashion-mnist", train: 60_000, test: 10_000, shards: 80, alpha: 0.04 },
};

const smallTask: TaskReference = { id: smallPlan.task.id, version: 1 };

export const presets: readonly [Preset, Preset, ...Preset[]] = [
  {
    id: "small-dynafed",
    label: "Small DynaFed",
    about: "Four volunteers. A few minutes on a laptop.",
    body: { name: "Fashion-MNIST with DynaFed", task: smallTask, plan: small },
  },
  {
    id: "small-fedavg",
    label: "Small FedAvg",
    about: "The same run without a synthetic set, for comparison.",
    body: { name: "Fashion-MNIST with FedAvg", task: smallTask, plan: { ...small, dynafed: null } },
  },
  {
    id: "paper",
    label: "DynaFed, full size",
    about: "The paper's setting: 80 shards of the full data set, 200 rounds. The server needs a GPU.",
    body: {
      name: "Fashion-MNIST at full size",
      task: { id: paperFashionMnistTask.id, version: 1 },
      plan: paper,
    },
  },
];
