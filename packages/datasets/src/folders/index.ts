/** From files in folders to labels, by the names of the folders. */
export { classesOfFolders, type FolderClasses } from "./folder-classes.ts";
export { leftOutWords } from "./left-out-words.ts";
export { type FolderMatch, matchFolders } from "./match-folders.ts";
export {
  type FolderMapping,
  type LeftOutFiles,
  type LeftOutFilesReason,
  type SortedFiles,
  sortFiles,
  type UndecidedFolder,
} from "./sort-files.ts";
