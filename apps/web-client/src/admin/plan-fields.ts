/** The fields of the form that makes a plan, in groups, in the order in which they are thought about. */
import { strategyField, strategyGroups } from "./strategy-fields.ts";

export type FieldKind =
  /** `mayBeEmpty`: an empty field means null. */
  | { readonly is: "integer"; readonly mayBeEmpty?: boolean }
  | { readonly is: "real"; readonly mayBeEmpty?: boolean }
  | { readonly is: "text" }
  | { readonly is: "flag" }
  /** A part of the plan that is there, with the fields below its path, or is null. */
  | { readonly is: "part" }
  | { readonly is: "choice"; readonly choices: readonly (readonly [value: string, label: string])[] };

/** `path` is where the value goes in the request's body: "plan.cohort.size". Shown only `when` it applies. */
export type Field = {
  readonly path: string;
  readonly label: string;
  readonly hint?: string;
  readonly kind: FieldKind;
  readonly when?: { readonly path: string; readonly is: string };
};

export type FieldGroup = {
  readonly title: string;
  readonly about: string;
  readonly fields: readonly Field[];
};

const integer: FieldKind = { is: "integer" };
const real: FieldKind = { is: "real" };
const dynafed = { path: "plan.dynafed", is: "true" };
const convnet = { path: "plan.network.kind", is: "convnet" };

export const fieldGroups: readonly FieldGroup[] = [
  {
    title: "Run",
    about: "What it is called, how long it goes on, and how the server makes one model of many.",
    fields: [
      { path: "name", label: "Name", kind: { is: "text" } },
      strategyField,
      { path: "plan.rounds", label: "Rounds", kind: integer },
      {
        path: "plan.seed",
        label: "Seed",
        kind: integer,
        hint: "The same seed and updates give the same run.",
      },
    ],
  },
  ...strategyGroups,
  {
    title: "Volunteers",
    about: "When a round opens, and what it needs to count.",
    fields: [
      { path: "plan.cohort.minimum", label: "Volunteers to open a round", kind: integer },
      { path: "plan.cohort.size", label: "Volunteers asked, at most", kind: integer },
      { path: "plan.cohort.quorum", label: "Updates a round needs", kind: integer },
      { path: "plan.cohort.deadlineMs", label: "Deadline, milliseconds", kind: integer },
    ],
  },
  {
    title: "Data",
    about: "The server's own pictures: the test set, and the sample shards lent to volunteers.",
    fields: [
      { path: "plan.sample.dataset", label: "Data set", kind: { is: "text" } },
      { path: "plan.sample.train", label: "Training images", kind: integer },
      { path: "plan.sample.test", label: "Test images", kind: integer },
      { path: "plan.sample.shards", label: "Sample shards", kind: integer },
      {
        path: "plan.sample.alpha",
        label: "Alpha",
        kind: real,
        hint: "Small: each shard sees few classes. Large: all alike.",
      },
      {
        path: "plan.classNames",
        label: "Class names",
        kind: { is: "text" },
        hint: "In label order, with commas.",
      },
      {
        path: "plan.preprocessing.mean",
        label: "Pixel mean",
        kind: real,
        hint: "Of pixels between 0 and 1.",
      },
      { path: "plan.preprocessing.std", label: "Pixel deviation", kind: real },
    ],
  },
  {
    title: "Network",
    about: "What is trained.",
    fields: [
      {
        path: "plan.network.kind",
        label: "Kind",
        kind: {
          is: "choice",
          choices: [
            ["convnet", "ConvNet"],
            ["mlp", "Multilayer perceptron"],
          ],
        },
      },
      { path: "plan.network.width", label: "Width, channels a block", kind: integer, when: convnet },
      { path: "plan.network.depth", label: "Depth, blocks", kind: integer, when: convnet },
      {
        path: "plan.network.hidden",
        label: "Hidden layers",
        kind: { is: "text" },
        hint: "Units of each, with commas.",
        when: { path: "plan.network.kind", is: "mlp" },
      },
      { path: "plan.network.image", label: "Image", kind: { is: "text" }, hint: "Height, width, channels." },
    ],
  },
  {
    title: "Local training",
    about: "What one volunteer does in one round.",
    fields: [
      { path: "plan.local.epochs", label: "Epochs", kind: integer },
      { path: "plan.local.batchSize", label: "Batch size", kind: integer },
      {
        path: "plan.local.optimizer.kind",
        label: "Optimiser",
        kind: {
          is: "choice",
          choices: [
            ["adam", "Adam"],
            ["momentum", "SGD with momentum"],
            ["sgd", "SGD"],
          ],
        },
      },
      { path: "plan.local.optimizer.learningRate", label: "Learning rate", kind: real },
      {
        path: "plan.local.optimizer.momentum",
        label: "Momentum",
        kind: real,
        when: { path: "plan.local.optimizer.kind", is: "momentum" },
      },
      {
        path: "plan.local.keepOptimizerState",
        label: "Keep the optimiser's state between rounds",
        kind: { is: "flag" },
      },
    ],
  },
  {
    title: "DynaFed",
    about:
      "How the synthetic set is learned from the first rounds, and how each later model is refined on it.",
    fields: [
      { path: "plan.dynafed", label: "Learn a synthetic set and refine on it", kind: { is: "part" } },
      { path: "plan.dynafed.snapshots", label: "Snapshots of the trajectory", kind: integer, when: dynafed },
      { path: "plan.dynafed.imagesPerClass", label: "Images per class", kind: integer, when: dynafed },
      { path: "plan.dynafed.iterations", label: "Iterations", kind: integer, when: dynafed },
      { path: "plan.dynafed.innerSteps", label: "Inner steps", kind: integer, when: dynafed },
      { path: "plan.dynafed.innerStep", label: "Inner step size", kind: real, when: dynafed },
      { path: "plan.dynafed.imageRate", label: "Rate of images", kind: real, when: dynafed },
      { path: "plan.dynafed.labelRate", label: "Rate of labels", kind: real, when: dynafed },
      { path: "plan.dynafed.innerStepRate", label: "Rate of the inner step", kind: real, when: dynafed },
      { path: "plan.dynafed.labelStart", label: "Start of the labels", kind: real, when: dynafed },
      {
        path: "plan.dynafed.labels",
        label: "Labels",
        kind: {
          is: "choice",
          choices: [
            ["learned", "Learned"],
            ["fixed", "As they start"],
          ],
        },
        when: dynafed,
      },
      {
        path: "plan.dynafed.recursion",
        label: "Gradient through the inner steps",
        kind: {
          is: "choice",
          choices: [
            ["exact", "Exact"],
            ["tesla", "TESLA's approximation"],
          ],
        },
        when: dynafed,
      },
      {
        path: "plan.dynafed.target",
        label: "Target",
        kind: {
          is: "choice",
          choices: [
            ["average", "Mean of later snapshots"],
            ["exponential", "Moving average of the snapshots"],
            ["straight", "Straight line to the last snapshots"],
          ],
        },
        when: dynafed,
      },
      {
        path: "plan.dynafed.targetDecay",
        label: "Decay of the target's average",
        kind: real,
        hint: "0 but for the moving average.",
        when: dynafed,
      },
      { path: "plan.dynafed.ahead", label: "Snapshots ahead", kind: integer, when: dynafed },
      {
        path: "plan.dynafed.leastAveraged",
        label: "Averaged for a target, at least",
        kind: integer,
        when: dynafed,
      },
      {
        path: "plan.dynafed.curriculum",
        label: "Curriculum, part of the iterations",
        kind: real,
        hint: "Early starts first. 0: none.",
        when: dynafed,
      },
      {
        path: "plan.dynafed.skipAbove",
        label: "Skip iterations with D above",
        kind: real,
        hint: "0: skip none.",
        when: dynafed,
      },
      {
        path: "plan.dynafed.imageAverage",
        label: "Decay of the images' average",
        kind: real,
        hint: "0: the last images count.",
        when: dynafed,
      },
      {
        path: "plan.dynafed.patience",
        label: "Patience, iterations",
        kind: integer,
        hint: "Ends early where D stays flat. 0: never.",
        when: dynafed,
      },
      {
        path: "plan.dynafed.refreshEvery",
        label: "Rounds between syntheses",
        kind: integer,
        hint: "0: one synthesis.",
        when: dynafed,
      },
      {
        path: "plan.dynafed.refreshIterations",
        label: "Iterations of a later synthesis",
        kind: integer,
        when: dynafed,
      },
      { path: "plan.dynafed.refineSteps", label: "Refine steps", kind: integer, when: dynafed },
      { path: "plan.dynafed.refineRate", label: "Refine rate", kind: real, when: dynafed },
      {
        path: "plan.dynafed.refineDecay",
        label: "Decay of the refine rate",
        kind: real,
        hint: "A factor each round. 1: none.",
        when: dynafed,
      },
      {
        path: "plan.dynafed.refineShare",
        label: "Share of the refined model",
        kind: real,
        hint: "1: the refined model. Below: closer to the average.",
        when: dynafed,
      },
      {
        path: "plan.dynafed.augment",
        label: "Augment the synthetic images",
        kind: { is: "flag" },
        when: dynafed,
      },
    ],
  },
  {
    title: "Transfer and limits",
    about: "How updates travel, and what makes one too large to be believed.",
    fields: [
      {
        path: "plan.updateDtype",
        label: "Numbers travel as",
        kind: {
          is: "choice",
          choices: [
            ["float32", "float32"],
            ["float16", "float16, half the bytes"],
          ],
        },
      },
      { path: "plan.limits.maxExamples", label: "Examples in an update, at most", kind: integer },
      { path: "plan.limits.maxMagnitude", label: "Change of one weight, at most", kind: real },
      { path: "plan.limits.maxNorm", label: "Norm of an update, at most", kind: real },
    ],
  },
];

export const allFields: readonly Field[] = fieldGroups.flatMap(({ fields }) => fields);
