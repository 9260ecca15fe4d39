/** Data sets from files: those that a server offers, and folders that an experiment names. */
export { openCodecs } from "./codecs.ts";
export { type DataSource, type FolderData, readDataSource } from "./data-source.ts";
export { type Datasets, openDatasets } from "./datasets.ts";
export type { PictureTask } from "./image-folder.ts";
export { type ListedFiles, listFiles } from "./list-files.ts";
export {
  holdsTable,
  readTableFolder,
  readTableTask,
  type TableDefinition,
  type TableFolder,
  type TablePart,
  tableBytes,
} from "./table-folder.ts";
export { readTaskJson, TASK_FILE } from "./task-json.ts";
