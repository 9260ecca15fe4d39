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

const samplePath = "plan.sample";
const dataGroup: FieldGroup = {
  title: "The server's data",
  about: "The server's own examples: the test set, and the sample shards that it lends to volunteers.",
  fields: [
    field(samplePath, "The server has data of its own", { kind: "part" }),
    ...onlyWhen({ path: samplePath, equals: "true" }, [
      field("plan.sample.dataset", "Data set", { kind: "text" }),
      integer("plan.sample.train", "Training examples"),
      integer("plan.sample.test", "Test examples"),
      integer("plan.sample.shards", "Sample shards"),
      real("plan.sample.alpha", "Alpha", "Small: each shard holds few classes. Large: all shards are alike."),
    ]),
  ],
};

const taskGroup: FieldGroup = {
  title: "Task",
  about: "What is learned, from what data, with which network.",
  fields: [
    field("task.id", "Task", { kind: "text" }),
    integer("task.version", "Version", "A run keeps the version of its task."),
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
  taskGroup,
  ...strategyGroups,
  volunteerGroup,
  dataGroup,
  trainingGroup,
  dynafedGroup,
  transferGroup,
];

export const allFields: readonly Field[] = fieldGroups.flatMap(({ fields }) => fields);
