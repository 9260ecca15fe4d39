/** A task for tests that have a network in mind. */
import { fashionMnistTask } from "../src/fashion-mnist-task.ts";
import { imageShapeOf, inputSizeOf, lossOf, type NetworkSpec, outputsOf } from "../src/networks.ts";
import type { Column } from "../src/task/columns.ts";
import type { ImageTask, Task } from "../src/task/task.ts";

/** The task whose network is `spec`, with classes named "class 0", "class 1", ... It holds nothing out. `changes` are of an image task. */
export function taskOfNetwork(spec: NetworkSpec, changes: Partial<ImageTask> = {}): Task {
  const image = imageShapeOf(spec);
  if (image === null) return tableTaskOf(spec);
  const channels = image[2];
  return {
    ...fashionMnistTask,
    evaluation: { holdOut: 0, headline: "accuracy" },
    // Small networks of tests may have two channels, which no task has.
    image: image as ImageTask["image"],
    scale: { mean: Array(channels).fill(0.1307), std: Array(channels).fill(0.3081) },
    classes: classNames(spec),
    network: spec.kind === "mlp" ? { kind: "mlp", hidden: spec.hidden } : blocksOf(spec),
    ...changes,
  };
}

/** A task on rows of numbers that are standardised already: columns x0, x1, ... and the target y. */
function tableTaskOf(spec: NetworkSpec): Task {
  const shared = {
    id: "rows",
    version: 1,
    texts: { ...fashionMnistTask.texts, title: "Rows" },
    columns: Array.from({ length: inputSizeOf(spec) }, (_, at) => numberColumn(`x${at}`)),
    missingTexts: [],
    network: { kind: "mlp" as const, hidden: spec.kind === "mlp" ? spec.hidden : [] },
  };
  if (lossOf(spec) === "squared-error") {
    return {
      ...shared,
      kind: "table-regression",
      target: { column: "y", unit: "", range: null, scale: { mean: 0, std: 1 } },
      evaluation: { holdOut: 0, headline: "rmse" },
    };
  }
  return {
    ...shared,
    kind: "table-classification",
    target: { column: "y", classes: classNames(spec).map((name) => ({ name, values: [] })) },
    evaluation: { holdOut: 0, headline: "accuracy" },
  };
}

function numberColumn(name: string): Column {
  return {
    ...{ type: "number", name, unit: "", range: null, transform: "none", missing: "refuse" },
    scale: { mean: 0, std: 1 },
  };
}

function classNames(spec: NetworkSpec): string[] {
  return Array.from({ length: outputsOf(spec) }, (_, label) => `class ${label}`);
}

function blocksOf({ width, depth }: Extract<NetworkSpec, { kind: "convnet" }>) {
  return { kind: "convnet" as const, width, depth };
}
