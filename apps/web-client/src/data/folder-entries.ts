/** Files with their paths, from inputs, from dropped folders, or made here, in slices: a long list is never one task. */

/** `path`: with slashes, such as "shoes/Sneaker/a.png". */
export type FolderFile = { readonly path: string; readonly file: File };

/** `label`: the class that the person chose; null: the file's folder names it. */
export type PickedFile = { readonly path: string; readonly file: Blob; readonly label: number | null };

/** A long list, some at a time. */
export type FileSlices = AsyncIterable<readonly FolderFile[]>;

/** Files of a slice: taking them from the browser's list and posting them takes a few milliseconds. */
const SLICE_FILES = 200;

/** The files that a person picked. */
export async function* filesOfInput(list: ArrayLike<File>): FileSlices {
  for (let at = 0; at < list.length; at += SLICE_FILES) {
    const length = Math.min(SLICE_FILES, list.length - at);
    yield Array.from({ length }, (_, index) => {
      const file = list[at + index] as File;
      return { path: file.webkitRelativePath || file.name, file };
    });
    await nextTask();
  }
}

/** The entries of a drop. Must be called inside the event: afterwards the browser has forgotten them. */
export function entriesOfDrop(transfer: DataTransfer): readonly FileSystemEntry[] {
  return [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
}

/** The files below dropped entries, folder by folder. Stops between two slices once the caller stops. */
export async function* filesOfEntries(entries: readonly FileSystemEntry[]): FileSlices {
  const left = entries.map((entry) => ({ entry, parent: "" }));
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { entry, parent } = next;
    const path = parent === "" ? entry.name : `${parent}/${entry.name}`;
    if (isFile(entry)) yield [await fileOf(entry, path)];
    if (!isDirectory(entry)) continue;
    const reader = entry.createReader();
    // At most 100 entries at a time, and an empty list at the end.
    for (let some = await readSome(reader); some.length > 0; some = await readSome(reader)) {
      for (const child of some) if (child.isDirectory) left.push({ entry: child, parent: path });
      const files = some.filter(isFile);
      yield await Promise.all(files.map((child) => fileOf(child, `${path}/${child.name}`)));
    }
  }
}

function fileOf(entry: FileSystemFileEntry, path: string): Promise<FolderFile> {
  return new Promise((resolve, reject) => entry.file((file) => resolve({ path, file }), reject));
}

function readSome(reader: FileSystemDirectoryReader): Promise<readonly FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

/** Lets the page draw and answer. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
