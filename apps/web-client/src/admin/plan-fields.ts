/** The fields of the form that makes a plan, in groups, in the order in which they are thought about. */
import { dynafedGroup } from "./dynafed-fields.ts";
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
  dynafedGroup,
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
