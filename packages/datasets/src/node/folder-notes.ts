/** What people should know about a folder that was read: what is not used of it, and why. */
import { join } from "node:path";
import { type LeftOutFiles, leftOutWords } from "../folders/index.ts";
import type { ListedFiles } from "./list-files.ts";
import type { UnreadFile } from "./read-pictures.ts";

const MOST_FILES = 10;

/** A sentence for each folder that was not read and for each of the first ten files that gave no picture. */
export function folderNotes(options: {
  readonly folder: string;
  readonly listed: ListedFiles;
  readonly leftOut: readonly LeftOutFiles<{ readonly path: string }>[];
  readonly unread: readonly UnreadFile[];
}): readonly string[] {
  const { folder, listed, leftOut, unread } = options;
  const more = unread.length - MOST_FILES;
  return [
    ...leftOut.map(({ reason, folder: inner, files }) => {
      return `${join(folder, inner)}: ${files.length} left out, ${leftOutWords(reason)}`;
    }),
    ...unread.slice(0, MOST_FILES).map(({ path, message }) => `${join(folder, path)}: left out. ${message}`),
    ...(more > 0 ? [`${folder}: ${more} more files left out that are no pictures`] : []),
    ...listed.empty.map((path) => `${join(folder, path)}: nothing is in this folder`),
    ...listed.unfollowed.map(
      (path) =>
        `${join(folder, path)}: a link that was not followed, to nothing or to a folder that is read already`,
    ),
  ];
}
