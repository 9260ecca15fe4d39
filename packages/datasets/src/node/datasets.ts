/** The server's folder of sample data: one folder of any known kind per data set, each read once. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf } from "@tributary/platform";
import type { DatasetSummary } from "@tributary/protocol";
import { type FolderData, readFolder } from "./data-source.ts";

/** The data sets that a server offers, by the names of their folders. */
export type Datasets = {
  /** All data sets, in order of name. A folder that cannot be read is left out, and the log says so. */
  list(): Promise<readonly DatasetSummary[]>;
  /** Reads a data set, from memory after the first time. Throws when there is none, or its files are wrong. */
  read(name: string): Promise<FolderData>;
};

/**
 * The data sets below `directory`. Reads nothing yet: a directory that is missing offers none, and `log` gets a line
 * about everything that cannot be read.
 */
export function openDatasets(directory: string, log: (message: string) => void): Datasets {
  const opened = new Map<string, Promise<FolderData>>();

  const readNoted = async (name: string): Promise<FolderData> => {
    const data = await readFolder(join(directory, name), null);
    for (const note of data.notes) log(`the data set ${join(directory, name)}: ${note}`);
    return data;
  };

  const read = (name: string): Promise<FolderData> => {
    const source = opened.get(name) ?? readNoted(name);
    opened.set(name, source);
    // A folder that was wrong may be right at the next try.
    source.catch(() => opened.delete(name));
    return source;
  };

  const summarize = async (name: string): Promise<readonly DatasetSummary[]> => {
    try {
      return [summaryOf(name, await read(name))];
    } catch (error) {
      log(`the data set ${join(directory, name)} cannot be used: ${reasonOf(error)}`);
      return [];
    }
  };

  return {
    read,
    async list() {
      const summaries: DatasetSummary[] = [];
      // One after another: each is whole in memory while it is read.
      for (const name of await folderNames(directory, log)) summaries.push(...(await summarize(name)));
      return summaries;
    },
  };
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
