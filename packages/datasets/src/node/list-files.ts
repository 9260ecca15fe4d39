/** All files below a folder, with links followed. */
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";

/** Paths from the folder, with slashes, in order. */
export type ListedFiles = {
  readonly files: readonly string[];
  /** Folders without anything in them. */
  readonly empty: readonly string[];
  /** Links that lead nowhere, or to a folder that is read under another name. */
  readonly unfollowed: readonly string[];
};

/**
 * Each folder is read once, whatever links lead to it, so that links in a circle end. Folders that lie there are read
 * before those that links lead to. Sockets, pipes and devices are no files. Throws where a folder cannot be read.
 */
export async function listFiles(folder: string): Promise<ListedFiles> {
  const [files, empty, unfollowed]: [string[], string[], string[]] = [[], [], []];
  const read = new Set<string>();
  const folders = [""];
  const links: string[] = [];
  for (;;) {
    const path = folders.shift() ?? links.shift();
    if (path === undefined) break;
    const real = await realpath(join(folder, path));
    if (read.has(real)) {
      unfollowed.push(path);
      continue;
    }
    read.add(real);
    const entries = await readdir(real, { withFileTypes: true });
    if (entries.length === 0) empty.push(path);
    for (const entry of entries.sort(byName)) {
      const below = path === "" ? entry.name : `${path}/${entry.name}`;
      const place = {
        file: files,
        folder: folders,
        "link to a folder": links,
        "broken link": unfollowed,
        other: null,
      };
      place[await kindOf(join(real, entry.name), entry)]?.push(below);
    }
  }
  return { files: files.sort(), empty: empty.sort(), unfollowed: unfollowed.sort() };
}

type Kind = "file" | "folder" | "link to a folder" | "broken link" | "other";

async function kindOf(path: string, entry: Dirent): Promise<Kind> {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  if (!entry.isSymbolicLink()) return "other";
  const target = await stat(path).catch(() => null);
  if (target === null) return "broken link";
  if (target.isDirectory()) return "link to a folder";
  return target.isFile() ? "file" : "other";
}

function byName(one: Dirent, other: Dirent): number {
  return one.name < other.name ? -1 : 1;
}
