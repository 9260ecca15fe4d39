/** What the parts of a run read of its task. All are pure, and take a plan or anything else that holds its task. */
import type { NetworkSpec, Preprocessing } from "../plan.ts";
import { inputsOf } from "./columns.ts";
import type { Task } from "./task.ts";

/** Whatever belongs to a task: a plan, for example. */
export type OfTask = { readonly task: Task };

/** The network that a task trains: its own layers between the inputs and the outputs that the data asks for. */
export function networkOf({ task }: OfTask): NetworkSpec {
  switch (task.kind) {
    case "image-classification": {
      const { image, classes, network } = task;
      return { ...network, image, classes: classes.length };
    }
    case "table-classification":
      return { ...task.network, image: [1, 1, featuresOf(task)], classes: task.target.classes.length };
    case "table-regression":
      return { ...task.network, image: [1, 1, featuresOf(task)], classes: 1 };
    default:
      return task satisfies never;
  }
}

/** The inputs of a table's network: those of its columns, in order. */
export function featuresOf({ columns }: Pick<Extract<Task, { columns: unknown }>, "columns">): number {
  return columns.reduce((sum, column) => sum + inputsOf(column), 0);
}

/** How pixels become the network's input; null for rows, which are standardised as they are read. */
export function preprocessingOf({ task }: OfTask): Preprocessing {
  if (task.kind !== "image-classification") return { mean: 0, std: 1 };
  return { mean: task.scale.mean[0] ?? 0, std: task.scale.std[0] ?? 1 };
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
