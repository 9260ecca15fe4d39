/** Files that are left out, grouped by why, with their names. */
import { type LeftOutFiles, leftOutWords, type UnreadPicture } from "@tributary/datasets";

/** `words`: why, and what to do. `names`: the first of them. */
export type LeftOut = {
  readonly words: string;
  readonly folder: string;
  readonly count: number;
  readonly names: readonly string[];
};

const MOST_NAMES = 100;

/** By the folder that holds them, as the sorting of the files tells. */
export function leftOutFolders(
  groups: readonly LeftOutFiles<{ readonly path: string }>[],
): readonly LeftOut[] {
  return groups.map(({ reason, folder, files }) => ({
    words: leftOutWords(reason),
    folder,
    count: files.length,
    names: files.slice(0, MOST_NAMES).map(({ path }) => path),
  }));
}

/** Files that give no picture, one group for each message, the largest group first. */
export function leftOutPictures(
  unread: readonly { readonly path: string; readonly why: Pick<UnreadPicture, "message"> }[],
): readonly LeftOut[] {
  const groups = new Map<string, string[]>();
  for (const { path, why } of unread) {
    const paths = groups.get(why.message) ?? [];
    groups.set(why.message, paths);
    paths.push(path);
  }
  return [...groups]
    .map(([words, paths]) => ({ words, folder: "", count: paths.length, names: paths.slice(0, MOST_NAMES) }))
    .sort((a, b) => b.count - a.count);
}
