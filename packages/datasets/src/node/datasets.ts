/** The server's folder of sample data: one IDX folder a data set, read once. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Dataset } from "@tributary/model";
import type { DatasetSummary } from "@tributary/protocol";
import { readIdxFolder } from "./idx-folder.ts";

export type SampleSource = { readonly train: Dataset; readonly test: Dataset };

export type Datasets = {
  /** In order of name. A folder that cannot be read is left out, and said in the log. */
  list(): Promise<readonly DatasetSummary[]>;
  /** Throws when there is no such data set, or its files are wrong. */
  read(name: string): Promise<SampleSource>;
};

export function openDatasets(directory: string, log: (message: string) => void): Datasets {
  const opened = new Map<string, Promise<SampleSource>>();

  const read = (name: string): Promise<SampleSource> => {
    const source = opened.get(name) ?? readIdxFolder(join(directory, name));
    opened.set(name, source);
    // A folder that was wrong may be right at the next try.
    source.catch(() => opened.delete(name));
    return source;
  };

  return {
    read,
    async list() {
      const summaries: DatasetSummary[] = [];
      for (const name of await folderNames(directory, log)) {
        try {
          summaries.push(summaryOf(name, await read(name)));
        } catch (error) {
          log(`the data set ${join(directory, name)} cannot be used: ${String(error)}`);
        }
      }
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
    log(`the folder of sample data cannot be read: ${String(error)}`);
    return [];
  }
}

function summaryOf(name: string, { train, test }: SampleSource): DatasetSummary {
  return { name, image: train.image, classes: train.classes, train: train.count, test: test.count };
}
