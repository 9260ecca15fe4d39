/** The task that the demo shows, and how many examples of it lie in `datasets/`. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readDataSource } from "@tributary/datasets/node";
import {
  describeProblems,
  fashionMnistTask,
  type ImageTask,
  schemaProblems,
  TaskDefinition,
} from "@tributary/protocol";
import { REPOSITORY } from "../server-process.ts";

export type DemoTask = {
  /** The folder of its data in `datasets/`. */
  readonly dataset: string;
  readonly task: ImageTask;
  readonly train: number;
  readonly test: number;
};

/** What the demo shows unless it is told otherwise. */
export const fashionMnist: DemoTask = {
  ...{ dataset: "fashion-mnist", task: fashionMnistTask },
  ...{ train: 6000, test: 1000 },
};

/**
 * The task in `datasets/NAME/task.json`, with its data. Throws an Error that quotes what is wrong: no such folder, or a task
 * whose examples no server lends to pages.
 */
export async function readDemoTask(name: string): Promise<DemoTask> {
  if (name === fashionMnist.dataset) return fashionMnist;
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name))
    throw new Error(`expected --task NAME, got ${JSON.stringify(name)}`);
  const folder = join(REPOSITORY, "datasets", name);
  const text = await readFile(join(folder, "task.json"), "utf8").catch((cause: unknown) => {
    throw new Error(`expected --task to name a folder in datasets/ with a task.json, got "${name}"`, {
      cause,
    });
  });
  const given: unknown = JSON.parse(text);
  const problems = schemaProblems(TaskDefinition, given);
  if (problems.length > 0) throw new Error(`${folder}/task.json: ${describeProblems(problems)}`);
  // The schema fits.
  const definition = given as TaskDefinition;
  if (definition.kind !== "image-classification") {
    throw new Error(
      `expected --task to name a task on pictures, which a server lends to pages, got "${name}" on rows`,
    );
  }
  const { train, test } = await readDataSource(folder, definition);
  return { dataset: name, task: { ...definition, version: 1 }, train: train.count, test: test.count };
}
