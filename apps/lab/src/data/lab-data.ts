/** What a run of the lab trains and tests on: a folder of any known kind, and the task that lies in it or that it implies. */
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  holdsTable,
  type PictureTask,
  readDataSource,
  readTableFolder,
  readTableTask,
  readTaskJson,
  TASK_FILE,
} from "@tributary/datasets/node";
import type { Dataset } from "@tributary/model";
import { fashionMnistTask, ImageTaskDefinition, type Task } from "@tributary/protocol";
import { imageTask } from "../plans/image-task.ts";
import type { Split } from "./split.ts";

/** The part of a run's data that its plan has to fit. */
export type LabTask = {
  readonly task: Task;
  /** Whether the task lies beside the data as task.json. If not, it says no more than the pictures do. */
  readonly isOwnTask: boolean;
  readonly train: { readonly count: number };
  readonly test: { readonly count: number };
  /** The text of the split's column for each training example; null for another split. */
  readonly groups: readonly string[] | null;
};

/** A folder's data, read. */
export type LabData = LabTask & {
  readonly folder: string;
  readonly train: Dataset;
  readonly test: Dataset;
  /** SHA-256 over the examples, however they were stored. */
  readonly sha256: string;
  /** Sentences for people about what was left out or is missing. */
  readonly notes: readonly string[];
};

/** What a run asks of its data: the column that its split names, and how pictures are read; null: as the folder says. */
export type Wanted = { readonly split: Split | null; readonly pictures: PictureTask | null };

/** Reads a folder. Throws an Error that quotes what is wrong. */
export async function readLabData(folder: string, { split, pictures }: Wanted): Promise<LabData> {
  const names = await readdir(folder);
  const column = split?.kind === "column" ? split.column : null;
  if (holdsTable(names)) return readTable(folder, column);
  if (column !== null) throw new Error(`${folder}: expected a table to split by ${column}, got pictures`);
  // What the configuration says of the pictures goes before what lies beside them.
  return readPictures(folder, names.includes(TASK_FILE) && pictures === null, pictures);
}

async function readTable(folder: string, column: string | null): Promise<LabData> {
  const definition = await readTableTask(folder);
  const { train, test, notes } = await readTableFolder(folder, definition, column ?? undefined);
  return {
    ...{ folder, task: { ...definition, version: 1 }, isOwnTask: true, groups: train.groups, notes },
    ...{ train: train.dataset, test: test.dataset, sha256: hashOfRows([train.dataset, test.dataset]) },
  };
}

async function readPictures(folder: string, isOwnTask: boolean, asked: PictureTask | null): Promise<LabData> {
  const definition = isOwnTask ? await readTaskJson(join(folder, TASK_FILE), ImageTaskDefinition) : null;
  const source = await readDataSource(folder, asked ?? definition);
  const { train, test, sha256, notes } = source;
  const task =
    definition === null ? imageTask(source, fashionMnistTask.network) : { ...definition, version: 1 };
  if (train.image.join() !== task.image.join()) {
    throw new Error(`${folder}: expected pictures of ${task.image.join("x")}, got ${train.image.join("x")}`);
  }
  return { folder, task, isOwnTask, groups: null, train, test, sha256, notes };
}

function hashOfRows(parts: readonly Dataset[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    if (part.kind === "images") throw new Error("expected rows, got pictures");
    const answers = part.kind === "rows" ? part.labels : part.values;
    hash.update(JSON.stringify([part.kind, part.features, part.count]));
    for (const { buffer, byteOffset, byteLength } of [part.rows, answers]) {
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }
  return hash.digest("hex");
}
