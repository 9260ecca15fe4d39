/** What a task makes of every file of a folder of pictures. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type FolderMapping, leftOutWords, networkInput, sortFiles } from "@tributary/datasets";
import { type ListedFiles, listFiles, openCodecs } from "@tributary/datasets/node";
import type { ImageTaskDefinition } from "@tributary/protocol";

/** What became of one file. `path` is from the folder, with slashes; `class` a name of the task. */
export type InspectedFile =
  /** `input`: [height, width, channels], as the network sees it, in bytes. */
  | { readonly outcome: "picture"; readonly path: string; readonly class: string; readonly input: Uint8Array }
  | {
      readonly outcome: "left-out";
      readonly path: string;
      readonly class: string | null;
      readonly reason: string;
      readonly message: string;
    }
  /** The folder's name decides nothing. `suggestions`: classes that it may mean. */
  | {
      readonly outcome: "undecided";
      readonly path: string;
      readonly folder: string;
      readonly suggestions: readonly string[];
    };

/** A folder as a task sees it, before any picture is read. */
export type OpenedFolder = {
  readonly listed: ListedFiles;
  /** The folders that a mapping may name: those that are not clear by themselves. */
  readonly undecided: readonly string[];
  /** Each file once, the pictures decoded one after another as they are asked for. */
  files(): AsyncGenerator<InspectedFile>;
};

type Task = Pick<ImageTaskDefinition, "classes" | "image" | "picture">;

/** Lists and sorts the files below `folder`. Rejects where it cannot be read. */
export async function openFolder(folder: string, task: Task, mapping: FolderMapping): Promise<OpenedFolder> {
  const listed = await listFiles(folder);
  const files = listed.files.map((path) => ({ path }));
  const unmapped = sortFiles({ files, classNames: task.classes });
  return {
    listed,
    undecided: unmapped.undecided.map((one) => one.folder),
    files: () => inspect(folder, task, sortFiles({ files, classNames: task.classes, mapping })),
  };
}

type Sorted = ReturnType<typeof sortFiles<{ readonly path: string }>>;

async function* inspect(folder: string, task: Task, sorted: Sorted): AsyncGenerator<InspectedFile> {
  const nameOf = (label: number) => task.classes[label] ?? "";
  for (const { reason, files } of sorted.leftOut) {
    const message = leftOutWords(reason);
    for (const { path } of files) yield { outcome: "left-out", path, class: null, reason, message };
  }
  for (const { folder: name, files, suggestions } of sorted.undecided) {
    const names = suggestions.map(nameOf);
    for (const { path } of files) yield { outcome: "undecided", path, folder: name, suggestions: names };
  }
  const codecs = openCodecs();
  for (const { path, label } of sorted.files) {
    const found = await networkInput(await readFile(join(folder, path)), task, codecs);
    const about = { path, class: nameOf(label) };
    if (found.outcome === "picture") yield { outcome: "picture", ...about, input: found.pixels };
    else yield { ...about, outcome: "left-out", reason: found.reason, message: found.message };
  }
}
