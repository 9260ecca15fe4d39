/** Files with their paths, from an `<input webkitdirectory>` or from dropped folders. */

/** `path`: with slashes, such as "shoes/Sneaker/a.png". */
export type FolderFile = { readonly path: string; readonly file: File };

export function filesOfInput(list: FileList): readonly FolderFile[] {
  return [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** Must be called inside the drop event: afterwards the browser has forgotten the entries. */
export function filesOfDrop(transfer: DataTransfer): Promise<readonly FolderFile[]> {
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  return Promise.all(entries.map((entry) => walk(entry, ""))).then((found) => found.flat());
}

async function walk(entry: FileSystemEntry, parent: string): Promise<readonly FolderFile[]> {
  const path = parent === "" ? entry.name : `${parent}/${entry.name}`;
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path, file }];
  }
  if (!isDirectory(entry)) return [];
  const children = await allEntries(entry.createReader());
  return (await Promise.all(children.map((child) => walk(child, path)))).flat();
}

/** `readEntries` returns at most 100 entries at a time, and an empty list at the end. */
async function allEntries(reader: FileSystemDirectoryReader): Promise<readonly FileSystemEntry[]> {
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
