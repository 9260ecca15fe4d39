/** The server's folder of sample data: one folder of any known kind per data set, each read once. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Dataset } from "@tributary/model";
import { reasonOf } from "@tributary/platform";
import type { DatasetSummary, ImageTask, Task } from "@tributary/protocol";
import { type FolderData, readFolder } from "./data-source.ts";
import type { PictureTask } from "./image-folder.ts";
import { SeveralSizes, usualRules } from "./read-pictures.ts";
import {
  holdsTable,
  readTableFolder,
  readTableTask,
  type TableDefinition,
  type TableFolder,
} from "./table-folder.ts";

/** The data sets that a server offers, by the names of their folders. */
export type Datasets = {
  /** All data sets, in order of name. A folder that cannot be read is left out, and the log says so. */
  list(): Promise<readonly DatasetSummary[]>;
  /**
   * Reads a data set for a run of `task`, from memory after the first time. Pictures become what the task says. Throws where
   * there is none, where its files are wrong, and where its folders or labels are no classes of the task.
   */
  read(name: string, task: Task): Promise<FolderData>;
  /** What the server lends to volunteers of a run of `task`: the pictures of `read`, or rows of CSV. Throws as `read` does. */
  train(name: string, task: Task): Promise<Dataset>;
  /** What a run of `task` is measured on: the pictures of `read`, or the test rows of CSV. Throws as `read` does. */
  test(name: string, task: Task): Promise<Dataset>;
  /** The data set as a run of `task` reads it, in numbers. Throws as `read` does. */
  summary(name: string, task: Task): Promise<DatasetSummary>;
};

/**
 * The data sets below `directory`. Reads nothing yet: a directory that is missing offers none, and `log` gets a line
 * about everything that cannot be read.
 */
export function openDatasets(directory: string, log: (message: string) => void): Datasets {
  const readKept = createReader(directory, log);

  const read = async (name: string, task: Task): Promise<FolderData> => {
    if (task.kind !== "image-classification") {
      throw new Error(
        `${join(directory, name)}: expected a task on pictures, got one of the kind ${task.kind}`,
      );
    }
    const own = await readKept(name, null).catch(() => null);
    return own !== null && fits(own, task) ? own : readKept(name, task);
  };

  const readRows = createRowReader(directory, log);
  const summarize = async (name: string): Promise<readonly DatasetSummary[]> => {
    try {
      const folder = join(directory, name);
      if (!holdsTable(await readdir(folder))) return [await ownSummary(name, readKept)];
      return [tableSummary(name, await readRows(name, await readTableTask(folder)))];
    } catch (error) {
      log(`the data set ${join(directory, name)} cannot be used: ${reasonOf(error)}`);
      return [];
    }
  };

  return {
    read,
    async train(name, task) {
      if (task.kind === "image-classification") return (await read(name, task)).train;
      return (await readRows(name, task)).train.dataset;
    },
    async test(name, task) {
      if (task.kind === "image-classification") return (await read(name, task)).test;
      return (await readRows(name, task)).test.dataset;
    },
    async summary(name, task) {
      if (task.kind === "image-classification") return summaryOf(name, await read(name, task));
      return tableSummary(name, await readRows(name, task));
    },
    async list() {
      const summaries: DatasetSummary[] = [];
      // One after another: each is whole in memory while it is read.
      for (const name of await folderNames(directory, log)) summaries.push(...(await summarize(name)));
      return summaries;
    },
  };
}

type Reader = (name: string, task: PictureTask | null) => Promise<FolderData>;

/** Reads each data set once for each task, and logs what is to be known about it. */
function createReader(directory: string, log: (message: string) => void): Reader {
  const opened = new Map<string, Promise<FolderData>>();
  const readNoted: Reader = async (name, task) => {
    const data = await readFolder(join(directory, name), task);
    for (const note of data.notes) log(`the data set ${join(directory, name)}: ${note}`);
    return data;
  };
  return (name, task) => {
    const key = JSON.stringify([name, task?.classes, task?.image, task?.picture]);
    const source = opened.get(key) ?? readNoted(name, task);
    opened.set(key, source);
    // A folder that was wrong may be right at the next try.
    source.catch(() => opened.delete(key));
    return source;
  };
}

type RowReader = (name: string, task: TableDefinition) => Promise<TableFolder>;

/** Reads each folder of rows once for each task, and logs which rows are left out. */
function createRowReader(directory: string, log: (message: string) => void): RowReader {
  const opened = new Map<string, Promise<TableFolder>>();
  const readNoted: RowReader = async (name, task) => {
    const rows = await readTableFolder(join(directory, name), task);
    for (const note of rows.notes) log(`the data set ${name}: ${note}`);
    return rows;
  };
  return (name, task) => {
    const key = JSON.stringify([name, task.columns, task.missingTexts, task.target]);
    const source = opened.get(key) ?? readNoted(name, task);
    opened.set(key, source);
    source.catch(() => opened.delete(key));
    return source;
  };
}

/** Rows have no image; a regression has one output where others have classes. */
function tableSummary(name: string, { train, test }: TableFolder): DatasetSummary {
  const classes = train.dataset.kind === "rows" ? train.dataset.classes : 1;
  return { name, image: null, classes, train: train.dataset.count, test: test.dataset.count };
}

/** Whether a task would read the same. The names of arrays' classes are made up. */
function fits({ kind, train, classNames }: FolderData, { image, classes }: ImageTask): boolean {
  if (train.image.join() !== image.join()) return false;
  if (classNames.length !== classes.length) return false;
  return kind !== "pictures" || classNames.every((name, label) => name === classes[label]);
}

/** Pictures of several sizes have none in common: they are counted as some task would read them. */
async function ownSummary(name: string, read: Reader): Promise<DatasetSummary> {
  try {
    return summaryOf(name, await read(name, null));
  } catch (error) {
    if (!(error instanceof SeveralSizes)) throw error;
    const anyTask: PictureTask = { classes: null, image: [4, 4, 1], picture: usualRules };
    return { ...summaryOf(name, await read(name, anyTask)), image: null };
  }
}

async function folderNames(directory: string, log: (message: string) => void): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
    return folders
      .map(({ name }) => name)
      .filter((name) => /^[a-z0-9]/.test(name))
      .sort();
  } catch (error) {
    log(`the folder of sample data cannot be read: ${reasonOf(error)}`);
    return [];
  }
}

function summaryOf(name: string, { train, test }: FolderData): DatasetSummary {
  return { name, image: train.image, classes: train.classes, train: train.count, test: test.count };
}
