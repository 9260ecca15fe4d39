/** A folder with the rows of a table: `train.csv` or `train.csv.gz`, perhaps `test.csv`, perhaps the task itself. */
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { createRng, deriveSeed, permutation, type RowDataset, type ValueRowDataset } from "@tributary/model";
import { reasonOf } from "@tributary/platform";
import {
  type TableClassificationDefinition,
  type TableRegressionDefinition,
  TaskDefinition,
} from "@tributary/protocol";
import { takeExamples } from "../examples.ts";
import {
  describeQuestion,
  describeRefusal,
  describeRejection,
  type Rejections,
  readTable,
  type TableRead,
} from "../tables/index.ts";
import { readTaskJson, TASK_FILE } from "./task-json.ts";

/** A task on rows of a table, as a file holds it. */
export type TableDefinition = TableClassificationDefinition | TableRegressionDefinition;

/** One part of a folder. */
export type TablePart = {
  readonly dataset: RowDataset | ValueRowDataset;
  /** The group of each row; null where no group was asked for. */
  readonly groups: readonly string[] | null;
};

/** A folder of rows, read and split. */
export type TableFolder = {
  readonly train: TablePart;
  readonly test: TablePart;
  /** Sentences for people: rows that were left out. */
  readonly notes: readonly string[];
};

const TRAIN_FILES = ["train.csv", "train.csv.gz"];
const TEST_FILES = ["test.csv", "test.csv.gz"];
/** As for pictures: 6 to 1. */
const TEST_SHARE = 1 / 7;
const SPLIT_SEED = deriveSeed(0, "table-folder");

/** Whether files of these names are a table's. */
export function holdsTable(fileNames: readonly string[]): boolean {
  return TRAIN_FILES.some((name) => fileNames.includes(name));
}

/** Reads `task.json` of a folder. Throws an Error that quotes what is wrong with it. */
export async function readTableTask(folder: string): Promise<TableDefinition> {
  const path = join(folder, TASK_FILE);
  const task = await readTaskJson(path, TaskDefinition);
  if (task.kind !== "image-classification") return task;
  throw new Error(`${path}: expected a task on rows of a table, got one of the kind ${task.kind}`);
}

/**
 * Reads a folder for a task. `group` names a column whose text comes with each row, to split by. Without a test file a seventh
 * of the rows, of each class the same share, is the test set, always the same rows. Throws an Error that quotes the file and
 * what is wrong with it, and says what a person must decide.
 */
export async function readTableFolder(
  folder: string,
  task: TableDefinition,
  group?: string,
): Promise<TableFolder> {
  const names = await readdir(folder);
  const pathOf = (wanted: readonly string[]) => wanted.find((name) => names.includes(name));
  const [trainFile, testFile] = [pathOf(TRAIN_FILES), pathOf(TEST_FILES)];
  if (trainFile === undefined) throw new Error(`${folder}: expected train.csv or train.csv.gz, got neither`);
  const train = await readPart(join(folder, trainFile), task, group);
  if (testFile !== undefined) {
    const test = await readPart(join(folder, testFile), task, group);
    return { train: train.part, test: test.part, notes: [...train.notes, ...test.notes] };
  }
  return { ...split(train.part), notes: train.notes };
}

/** The bytes of a file, unzipped where its name ends in ".gz". */
export async function* tableBytes(path: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  // A fault of either stream ends the other, and the reader below hears of it.
  yield* path.endsWith(".gz") ? pipeline(file, createGunzip(), () => undefined) : file;
}

async function readPart(
  path: string,
  rules: TableDefinition,
  group: string | undefined,
): Promise<{ readonly part: TablePart; readonly notes: readonly string[] }> {
  const { dataset, groups, rejections } = await readOrThrow(path, rules, group);
  if (dataset.count === 0)
    throw new Error(`${path}: every row is left out; ${notesOf(rejections).join("; ")}`);
  return { part: { dataset, groups }, notes: notesOf(rejections).map((note) => `${path}: ${note}`) };
}

async function readOrThrow(
  path: string,
  rules: TableDefinition,
  group: string | undefined,
): Promise<TableRead> {
  const reading = await readTable({
    rules,
    chunks: tableBytes(path),
    ...(group === undefined ? {} : { group }),
  }).catch((cause: unknown) => {
    throw new Error(`${path}: ${reasonOf(cause)}`, { cause });
  });
  switch (reading.outcome) {
    case "read":
      return reading;
    case "refused":
      throw new Error(`${path}: ${describeRefusal(reading.refusal)}`);
    case "asked":
      throw new Error(`${path}: ${describeQuestion(reading.question)}`);
    case "aborted":
      throw new Error(`${path}: reading was ended`);
    default:
      return reading satisfies never;
  }
}

/** A sentence for each reason and column, with the first row. */
function notesOf({ counts, first }: Rejections): readonly string[] {
  return counts.map(({ reason, column, count }) => {
    const example = first.find((one) => one.reason === reason && one.column === column);
    const rows = `${count} ${count === 1 ? "row is" : "rows are"} left out`;
    return example === undefined ? `${rows}: ${reason}` : `${rows}, such as ${describeRejection(example)}`;
  });
}

/** Each class gives a seventh; rows without classes do so together. */
function split({ dataset, groups }: TablePart): { readonly train: TablePart; readonly test: TablePart } {
  const tested = new Set(testRows(dataset));
  const take = (isTest: boolean): TablePart => {
    const rows = Uint32Array.from({ length: dataset.count }, (_, at) => at).filter(
      (at) => tested.has(at) === isTest,
    );
    const texts = groups === null ? null : Array.from(rows, (at) => groups[at] as string);
    return { dataset: takeExamples(dataset, rows), groups: texts };
  };
  return { train: take(false), test: take(true) };
}

/** At least one of each class that has two. */
function testRows(dataset: TablePart["dataset"]): readonly number[] {
  const members: number[][] = [];
  for (let at = 0; at < dataset.count; at++) {
    const label = dataset.kind === "rows" ? (dataset.labels[at] ?? 0) : 0;
    members[label] ??= [];
    members[label].push(at);
  }
  return members.flatMap((rows, label) => {
    const count = rows.length < 2 ? 0 : Math.max(1, Math.round(rows.length * TEST_SHARE));
    const order = permutation(rows.length, createRng(deriveSeed(SPLIT_SEED, "class", label)));
    return [...order.subarray(0, count)].map((place) => rows[place] as number);
  });
}
