/** What the parts of a run read of its task. All are pure, and take a plan or anything else that holds its task. */
import type { MlpSpec, NetworkSpec } from "../networks.ts";
import type { Preprocessing } from "../preprocessing.ts";
import { inputsOf } from "./columns.ts";
import type { Task } from "./task.ts";

/** Whatever belongs to a task: a plan, for example. */
export type OfTask = { readonly task: Task };

/** The network that a task trains: its own layers between the inputs and the outputs that the data asks for. */
export function networkOf({ task }: OfTask): NetworkSpec {
  switch (task.kind) {
    case "image-classification": {
      const { image, classes, network } = task;
      if (network.kind === "convnet") return { ...network, image, classes: classes.length };
      return perceptron(network.hidden, [...image], { outputs: classes.length, loss: "cross-entropy" });
    }
    case "table-classification": {
      const outputs = task.target.classes.length;
      return perceptron(task.network.hidden, [featuresOf(task)], { outputs, loss: "cross-entropy" });
    }
    case "table-regression":
      return perceptron(task.network.hidden, [featuresOf(task)], { outputs: 1, loss: "squared-error" });
    default:
      return task satisfies never;
  }
}

function perceptron(hidden: number[], input: number[], end: Pick<MlpSpec, "outputs" | "loss">): MlpSpec {
  return { kind: "mlp", input, ...end, hidden };
}

/** The inputs of a table's network: those of its columns, in order. */
export function featuresOf({ columns }: Pick<Extract<Task, { columns: unknown }>, "columns">): number {
  return columns.reduce((sum, column) => sum + inputsOf(column), 0);
}

/** How pixels become the network's input; null for rows, which are standardised as they are read. */
export function preprocessingOf({ task }: OfTask): Preprocessing | null {
  return task.kind === "image-classification" ? task.scale : null;
}

/** The classes' names, the first is label 0; none for a regression. */
export function classNamesOf({ task }: OfTask): readonly string[] {
  switch (task.kind) {
    case "image-classification":
      return task.classes;
    case "table-classification":
      return task.target.classes.map(({ name }) => name);
    case "table-regression":
      return [];
    default:
      return task satisfies never;
  }
}

/** Names of the columns whose scale comes from the volunteers, in order; last the target's if its scale does too. */
export function columnsWithoutScale(task: Task): readonly string[] {
  if (task.kind === "image-classification") return [];
  const columns = task.columns.filter((column) => column.type !== "category" && column.scale === null);
  const names = columns.map(({ name }) => name);
  const { target } = task;
  return "scale" in target && target.scale === null ? [...names, target.column] : names;
}

/** Whether a run of the task waits for its volunteers' figures before it trains. */
export function needsFigures(task: Task): boolean {
  return columnsWithoutScale(task).length > 0;
}
