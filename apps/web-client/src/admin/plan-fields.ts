/** Every field of the form that makes a plan, in groups, in the order in which an operator decides on them. */
import { dynafedGroup } from "./dynafed-fields.ts";
import { choice, type Field, type FieldGroup, field, integer, onlyWhen, real } from "./plan-field.ts";
import { strategyField, strategyGroups } from "./strategy-fields.ts";

const runGroup: FieldGroup = {
  title: "Run",
  about: "The run's name and length, and how the server makes one model of many updates.",
  fields: [
    field("name", "Name", { kind: "text" }),
    strategyField,
    integer("plan.rounds", "Rounds"),
    integer("plan.seed", "Seed", "The same seed and updates give the same run."),
  ],
};

const volunteerGroup: FieldGroup = {
  title: "Volunteers",
  about: "When a round opens, and how many updates it needs.",
  fields: [
    integer("plan.cohort.minimum", "Volunteers to open a round"),
    integer("plan.cohort.size", "Most volunteers asked"),
    integer("plan.cohort.quorum", "Updates needed"),
    integer("plan.cohort.deadlineMs", "Deadline, milliseconds"),
  ],
};

const dataGroup: FieldGroup = {
  title: "Data",
  about: "The server's own pictures: the test set, and the sample shards that it lends to volunteers.",
  fields: [
    field("plan.sample.dataset", "Data set", { kind: "text" }),
    integer("plan.sample.train", "Training images"),
    integer("plan.sample.test", "Test images"),
    integer("plan.sample.shards", "Sample shards"),
    real("plan.sample.alpha", "Alpha", "Small: each shard holds few classes. Large: all shards are alike."),
    field(
      "plan.classNames",
      "Class names",
      { kind: "names" },
      "In the order of the labels, separated by commas.",
    ),
    field(
      "plan.preprocessing.mean",
      "Pixel mean",
      { kind: "reals" },
      "With pixels between 0 and 1; one for each channel, separated by commas.",
    ),
    field("plan.preprocessing.std", "Pixel standard deviation", { kind: "reals" }, "One for each channel."),
  ],
};

const networkGroup: FieldGroup = {
  title: "Network",
  about: "The model that is trained.",
  fields: [
    choice("plan.network.kind", "Kind", [
      ["convnet", "ConvNet"],
      ["mlp", "Multilayer perceptron"],
    ]),
    ...onlyWhen({ path: "plan.network.kind", equals: "convnet" }, [
      integer("plan.network.width", "Width, channels per block"),
      integer("plan.network.depth", "Depth, blocks"),
      field("plan.network.image", "Image", { kind: "integers" }, "Height, width, channels."),
    ]),
    ...onlyWhen({ path: "plan.network.kind", equals: "mlp" }, [
      field(
        "plan.network.hidden",
        "Hidden layers",
        { kind: "integers" },
        "Units of each, separated by commas.",
      ),
      field(
        "plan.network.input",
        "Input",
        { kind: "integers" },
        "Height, width, channels; or the features of a row.",
      ),
      choice("plan.network.loss", "Loss", [
        ["cross-entropy", "Cross-entropy, for classes"],
        ["squared-error", "Squared error, for a number"],
      ]),
    ]),
  ],
};

const trainingGroup: FieldGroup = {
  title: "Local training",
  about: "What each volunteer does in a round.",
  fields: [
    integer("plan.local.epochs", "Epochs"),
    integer("plan.local.batchSize", "Batch size"),
    choice("plan.local.optimizer.kind", "Optimiser", [
      ["adam", "Adam"],
      ["momentum", "SGD with momentum"],
      ["sgd", "SGD"],
    ]),
    real("plan.local.optimizer.learningRate", "Learning rate"),
    ...onlyWhen({ path: "plan.local.optimizer.kind", equals: "momentum" }, [
      real("plan.local.optimizer.momentum", "Momentum"),
    ]),
    field("plan.local.keepOptimizerState", "Keep the optimiser's state between rounds", { kind: "flag" }),
  ],
};

const transferGroup: FieldGroup = {
  title: "Transfer and limits",
  about: "How updates travel, and the limits above which the server refuses one.",
  fields: [
    choice("plan.updateDtype", "Number format", [
      ["float32", "float32"],
      ["float16", "float16, half the bytes"],
    ]),
    integer("plan.limits.maxExamples", "Most examples"),
    real("plan.limits.maxMagnitude", "Largest change of a weight"),
    real("plan.limits.maxNorm", "Largest norm"),
  ],
};

export const fieldGroups: readonly FieldGroup[] = [
  runGroup,
  ...strategyGroups,
  volunteerGroup,
  dataGroup,
  networkGroup,
  trainingGroup,
  dynafedGroup,
  transferGroup,
];

export const allFields: readonly Field[] = fieldGroups.flatMap(({ fields }) => fields);
