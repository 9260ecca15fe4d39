/**
 * The messages between the page and its data worker: one closed union for each direction. Every reading has a number;
 * whoever gets a message of an older reading drops it.
 */
import type { FolderMapping, UndecidedFolder } from "@tributary/datasets";
import type { TableChoices, TableFile, TableQuestion } from "@tributary/datasets/tables";
import type { Dataset, HoldOutRule } from "@tributary/model";
import type { Task } from "@tributary/protocol";
import type { PickedFile } from "./folder-entries.ts";
import type { LeftOut } from "./left-out.ts";
import type { RowPreview } from "./row-preview.ts";
import type { DataSummary } from "./summary.ts";

export type DataCommand =
  /** The first command: for which task data are read, and what is held out of them. */
  | { readonly type: "open"; readonly task: Task; readonly holdOut: HoldOutRule }
  /** A part of the pictures of a reading, in any number of slices. */
  | { readonly type: "add-pictures"; readonly reading: number; readonly files: readonly PickedFile[] }
  /** All slices are here: sorts the pictures by `mapping` and decodes those that are not decoded yet. */
  | { readonly type: "read-pictures"; readonly reading: number; readonly mapping: FolderMapping }
  | {
      readonly type: "read-table";
      readonly reading: number;
      readonly file: Blob;
      readonly choices: TableChoices;
    }
  /** Fetches a sample shard of the server's. */
  | { readonly type: "read-shard"; readonly reading: number; readonly run: string; readonly shard: number }
  /** Reads what this device has kept for the task. */
  | { readonly type: "read-kept"; readonly reading: number }
  /** Keeps the newest data on this device, or forgets what is kept for the task. Answered by `kept` or `not-kept`. */
  | { readonly type: "keep"; readonly isWanted: boolean }
  /** Gives a reading up. What was read before it stays. */
  | { readonly type: "cancel"; readonly reading: number };

/** What is said of pictures beside their data set. */
export type PicturesFound = {
  readonly kind: "pictures";
  /** Folders whose names decide nothing. With a choice in the mapping they are still listed. */
  readonly undecided: readonly AskedFolder[];
  readonly leftOut: readonly LeftOut[];
  /** The first pictures of each class as the network sees them. */
  readonly previews: readonly ClassPreview[];
};

export type AskedFolder = Pick<UndecidedFolder<unknown>, "folder" | "suggestions"> & {
  readonly files: number;
};
export type ClassPreview = { readonly label: number; readonly pictures: readonly ImageBitmap[] };

/** What is said of a table's rows beside their data set. `file`: null for rows that were kept. */
export type RowsFound = {
  readonly kind: "rows";
  readonly file: TableFile | null;
  readonly leftOut: readonly LeftOut[];
  readonly preview: RowPreview;
};

/** Data that are read: the set that a start would train on, and all that a person should know of it. */
export type ReadData = {
  readonly dataset: Dataset;
  readonly summary: DataSummary;
  readonly found: PicturesFound | RowsFound;
};

export type DataReport =
  | {
      readonly type: "progressed";
      readonly reading: number;
      readonly unit: "files" | "bytes";
      readonly done: number;
      readonly total: number;
    }
  /** The buffers of `data` are transferred. */
  | { readonly type: "read"; readonly reading: number; readonly data: ReadData }
  | {
      readonly type: "asked";
      readonly reading: number;
      readonly question: TableQuestion;
      readonly header: readonly string[];
    }
  | { readonly type: "read-failed"; readonly reading: number; readonly reason: string }
  /** Answers `keep`, and tells at the beginning whether data are kept for the task. */
  | { readonly type: "kept"; readonly isKept: boolean }
  | { readonly type: "not-kept"; readonly reason: string };
