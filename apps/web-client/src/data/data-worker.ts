/** Reads data off the page's thread: sorts and decodes pictures, parses tables, fetches shards, keeps what is to be kept. */
import type { Dataset, HoldOutRule } from "@tributary/model";
import type { Task } from "@tributary/protocol";
import { reasonOf } from "../reason-of.ts";
import { chunksOf } from "./chunks-of.ts";
import type { DataCommand, DataReport, PicturesFound, RowsFound } from "./data-messages.ts";
import { isKept, keep, keptKey, loadKept } from "./kept-data.ts";
import type { PictureCollection } from "./picture-collection.ts";
import { rowPreview } from "./row-preview.ts";
import { fetchShard } from "./sample-shard.ts";
import { summaryOf } from "./summary.ts";

/** What the page opened the worker for, and what it has read so far. */
type Desk = {
  readonly task: Task;
  readonly holdOut: HoldOutRule;
  /** Null before the first file. Whoever asks first is served first. */
  pictures: Promise<PictureCollection> | null;
  newest: Dataset | null;
};
type Command<Type extends DataCommand["type"]> = Extract<DataCommand, { type: Type }>;

const PROGRESS_EVERY_MS = 100;
let desk: Desk | null = null;
/** The reading that the page waits for. */
let wanted = 0;

addEventListener("message", ({ data: command }: MessageEvent<DataCommand>) => {
  switch (command.type) {
    case "open":
      desk = { task: command.task, holdOut: command.holdOut, pictures: null, newest: null };
      void tellKept(desk);
      return;
    case "add-pictures":
      wanted = command.reading;
      void collecting((pictures) => pictures.add(command.reading, command.files));
      return;
    case "read-pictures":
      return begin(command.reading, (opened) => readPictures(opened, command));
    case "read-table":
      return begin(command.reading, (opened) => readTableFile(opened, command));
    case "read-shard":
      return begin(command.reading, (opened) => readShard(opened, command));
    case "read-kept":
      return begin(command.reading, (opened) => readKept(opened, command.reading));
    case "keep":
      if (desk !== null) void keepNewest(desk, command.isWanted);
      return;
    case "cancel":
      wanted = Math.max(wanted, command.reading + 1);
      if (desk?.pictures != null) void collecting((pictures) => pictures.drop(command.reading));
      return;
    default:
      command satisfies never;
  }
});

/** What `use` makes of the collection of files. Where its code does not load, the reading that follows says so. */
async function collecting<T>(use: (pictures: PictureCollection) => T): Promise<Awaited<T> | null> {
  const opened = desk;
  if (opened === null || opened.task.kind !== "image-classification") return null;
  const { task } = opened;
  const opening =
    opened.pictures ?? import("./open-pictures.ts").then(({ openPictures }) => openPictures(task));
  opened.pictures = opening;
  opening.catch(() => {
    opened.pictures = null;
  });
  try {
    return await use(await opening);
  } catch (cause) {
    report({ type: "read-failed", reading: wanted, reason: reasonOf(cause) });
    return null;
  }
}

/** Starts a reading; a failure of it is a report, if the page still waits for it. */
function begin(reading: number, read: (opened: Desk) => Promise<void>): void {
  wanted = reading;
  const opened = desk;
  if (opened === null) throw new Error("asked to read before a task was opened");
  read(opened).catch((cause: unknown) => {
    if (wanted === reading) report({ type: "read-failed", reading, reason: reasonOf(cause) });
  });
}

async function readPictures(opened: Desk, { reading, mapping }: Command<"read-pictures">): Promise<void> {
  const collected = await collecting((pictures) =>
    pictures.read({
      mapping,
      isWanted: () => wanted === reading,
      onProgress: progressOf(reading, "files"),
    }),
  );
  if (collected === null) return;
  const { dataset, undecided, leftOut } = collected;
  await tellRead(opened, reading, dataset, { undecided, leftOut });
}

async function readTableFile(opened: Desk, command: Command<"read-table">): Promise<void> {
  const { reading, file, choices } = command;
  const { task } = opened;
  if (task.kind === "image-classification")
    throw new Error("this run learns from pictures, not from a table");
  const { describeRefusal, readTable } = await import("@tributary/datasets/tables");
  const tell = progressOf(reading, "bytes");
  const outcome = await readTable({
    rules: task,
    choices,
    chunks: chunksOf(file),
    signal: {
      get aborted() {
        return wanted !== reading;
      },
    },
    onProgress: ({ bytes }) => tell(bytes, file.size),
    pause: nextTask,
  });
  switch (outcome.outcome) {
    case "aborted":
      return;
    case "refused":
      throw new Error(describeRefusal(outcome.refusal));
    case "asked":
      report({ type: "asked", reading, question: outcome.question, header: outcome.header });
      return;
    case "read": {
      const { leftOutRows } = await import("./left-out-rows.ts");
      const leftOut = leftOutRows(outcome.rejections);
      await tellRead(opened, reading, outcome.dataset, { file: outcome.file, leftOut });
      return;
    }
    default:
      outcome satisfies never;
  }
}

async function readShard(opened: Desk, { reading, run, shard }: Command<"read-shard">): Promise<void> {
  const answer = await fetchShard(run, shard, opened.task);
  if (!answer.ok) throw new Error(`${answer.error}: ${answer.detail}`);
  await tellRead(opened, reading, answer.value, {});
}

async function readKept(opened: Desk, reading: number): Promise<void> {
  const dataset = await loadKept(keptKey(opened.task));
  if (dataset === null) throw new Error("nothing is kept on this device for this task any more");
  await tellRead(opened, reading, dataset, {});
}

type Found = Partial<Pick<PicturesFound, "undecided" | "leftOut"> & Pick<RowsFound, "file">>;

/** Hands a copy of the data to the page; the original stays, to be kept or added to. */
async function tellRead(opened: Desk, reading: number, dataset: Dataset, found: Found): Promise<void> {
  const summary = summaryOf(dataset, opened.holdOut);
  const shown = await shownOf(opened, dataset, found);
  if (wanted !== reading) return;
  opened.newest = dataset;
  const { copy, buffers } = copyOf(dataset);
  const bitmaps = shown.kind === "pictures" ? shown.previews.flatMap(({ pictures }) => pictures) : [];
  report({ type: "read", reading, data: { dataset: copy, summary, found: shown } }, [...buffers, ...bitmaps]);
}

async function shownOf({ task }: Desk, dataset: Dataset, found: Found): Promise<PicturesFound | RowsFound> {
  const { undecided = [], leftOut = [], file = null } = found;
  if (dataset.kind === "images") {
    const { classPreviews } = await import("./class-previews.ts");
    return { kind: "pictures", undecided, leftOut, previews: await classPreviews(dataset) };
  }
  if (task.kind === "image-classification")
    throw new Error("the data are rows, and the run learns from pictures");
  return { kind: "rows", file, leftOut, preview: rowPreview(task, dataset) };
}

function copyOf(dataset: Dataset): { readonly copy: Dataset; readonly buffers: readonly ArrayBuffer[] } {
  const copy = structuredClone(dataset);
  const values = Object.values(copy).filter((value) => ArrayBuffer.isView(value));
  return { copy, buffers: values.map(({ buffer }) => buffer as ArrayBuffer) };
}

async function keepNewest(opened: Desk, isWanted: boolean): Promise<void> {
  try {
    await keep(keptKey(opened.task), isWanted ? opened.newest : null);
    report({ type: "kept", isKept: isWanted && opened.newest !== null });
  } catch (cause) {
    report({ type: "not-kept", reason: reasonOf(cause) });
  }
}

/** A browser that forbids storage keeps nothing, and needs no word of it before something is to be kept. */
async function tellKept({ task }: Desk): Promise<void> {
  const kept = await isKept(keptKey(task)).catch(() => false);
  report({ type: "kept", isKept: kept });
}

/** Tells the first, the last, and at most ten steps a second. */
function progressOf(reading: number, unit: "files" | "bytes"): (done: number, total: number) => void {
  let toldAtMs = Number.NEGATIVE_INFINITY;
  return (done, total) => {
    const nowMs = performance.now();
    if (wanted !== reading || (done < total && nowMs - toldAtMs < PROGRESS_EVERY_MS)) return;
    toldAtMs = nowMs;
    report({ type: "progressed", reading, unit, done, total });
  };
}

/** Lets messages in, without the 4 ms that a timer takes. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Tells the page, and hands the transferred buffers over. */
function report(sent: DataReport, transfer: Transferable[] = []): void {
  postMessage(sent, { transfer });
}
