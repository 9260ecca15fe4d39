/** The page's side of the data worker. One worker for a run: another run ends it, with whatever it is reading. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { holdOutRuleOf } from "@tributary/model";
import type { RunSummary } from "@tributary/protocol";
import { reasonOf } from "../reason-of.ts";
import type { DataCommand, DataReport } from "./data-messages.ts";
import { type DataEvent, type DataState, noData, stepData } from "./data-state.ts";
import type { FileSlices, PickedFile } from "./folder-entries.ts";

/** A worker, or what stands for one in a test. */
export type DataPort = { send(command: DataCommand): void; close(): void };
export type OpenPort = (
  onReport: (report: DataReport) => void,
  onBroken: (reason: string) => void,
) => DataPort;

export type DataDesk = {
  readonly state: ReadonlySignal<DataState>;
  /** Everything from here on is for this run. What is read for another is given up. */
  openRun(run: RunSummary | null): void;
  /** Adds the pictures of a folder. */
  addFolder(slices: FileSlices): Promise<void>;
  /** Adds pictures of one class. */
  addPictures(label: number, slices: FileSlices): Promise<void>;
  /** Which class an undecided folder means; null: none of them; its pictures are left out. */
  mapFolder(folder: string, label: number | null): void;
  /** Reads a CSV file instead of what was read. Later calls of `chooseTable` read it again. */
  readTable(file: Blob): void;
  chooseTable(choices: DataState["choices"]): void;
  /** Resolves when the shard is here, or will not come. */
  readShard(shard: number): Promise<void>;
  readKept(): void;
  keep(isWanted: boolean): void;
  /** Gives up what is being read; what was read before stays. */
  cancel(): void;
  /** Gives up everything that was read for the run. */
  clear(): void;
};

type Desk = {
  readonly state: Signal<DataState>;
  readonly openPort: OpenPort;
  run: RunSummary | null;
  port: DataPort | null;
  table: Blob | null;
  /** Whoever waits for the end of the newest reading. */
  onEnd: () => void;
};

/** A storage that says nothing for so long will say nothing any more. */
const SILENCE_MS = 15_000;

export function createDataDesk(openPort: OpenPort): DataDesk {
  const state = signal(noData);
  const desk: Desk = { state, openPort, run: null, port: null, table: null, onEnd: () => undefined };
  return {
    state,
    openRun: (run) => openRun(desk, run),
    addFolder: (slices) => add(desk, slices, null),
    addPictures: (label, slices) => add(desk, slices, label),
    mapFolder(folder, label) {
      tell(desk, { type: "folder-mapped", folder, label });
      read(desk, (reading) => ({ type: "read-pictures", reading, mapping: state.value.mapping }));
    },
    readTable(file) {
      desk.table = file;
      tell(desk, { type: "table-chosen", choices: {} });
      readTable(desk);
    },
    chooseTable(choices) {
      tell(desk, { type: "table-chosen", choices });
      readTable(desk);
    },
    readShard: (shard) => readShard(desk, shard),
    readKept: () => read(desk, (reading) => ({ type: "read-kept", reading })),
    keep: (isWanted) => keep(desk, isWanted),
    cancel: () => cancel(desk),
    clear: () => close(desk, { type: "cleared" }),
  };
}

function openRun(desk: Desk, run: RunSummary | null): void {
  desk.run = run;
  close(desk, { type: "run-chosen", run: run?.id ?? null });
  if (run !== null) portOf(desk);
}

/** Ends the worker, with whatever it reads. */
function close(desk: Desk, event: DataEvent): void {
  desk.port?.close();
  desk.port = null;
  desk.table = null;
  tell(desk, event);
}

function portOf(desk: Desk): DataPort {
  if (desk.port !== null) return desk.port;
  const { run } = desk;
  if (run === null) throw new Error("asked for data before a run was chosen");
  const port = desk.openPort(
    (report) => {
      if (desk.port === port) tell(desk, report);
    },
    (reason) => {
      if (desk.port !== port) return;
      desk.port = null;
      tell(desk, { type: "read-failed", reading: desk.state.value.reading, reason });
    },
  );
  desk.port = port;
  port.send({ type: "open", task: run.plan.task, holdOut: holdOutRuleOf(run.plan) });
  return port;
}

/** Steps the state. The end of a reading, whatever it is, is told to whoever waits. */
function tell(desk: Desk, event: DataEvent): void {
  const before = desk.state.value;
  desk.state.value = stepData(before, event);
  const { activity, reading } = desk.state.value;
  const isEnd = activity.phase !== "listing" && activity.phase !== "reading";
  if (isEnd || reading !== before.reading) desk.onEnd();
}

/** Begins a reading; returns its number. */
function begin(desk: Desk, isListing: boolean): number {
  tell(desk, { type: "reading-began", isListing });
  return desk.state.value.reading;
}

function read(desk: Desk, command: (reading: number) => DataCommand): void {
  const reading = begin(desk, false);
  portOf(desk).send(command(reading));
}

async function add(desk: Desk, slices: FileSlices, label: number | null): Promise<void> {
  const reading = begin(desk, true);
  const port = portOf(desk);
  const isWanted = () => desk.state.value.reading === reading;
  try {
    for await (const files of slices) {
      // Half of a list is no data: what was posted of it is taken out again.
      if (!isWanted()) return port.send({ type: "cancel", reading });
      const picked: readonly PickedFile[] = files.map(({ path, file }) => ({ path, file, label }));
      port.send({ type: "add-pictures", reading, files: picked });
      tell(desk, { type: "files-found", reading, count: files.length });
    }
  } catch (cause) {
    const reason = reasonOf(cause);
    tell(desk, { type: "read-failed", reading, reason });
    port.send({ type: "cancel", reading });
    return;
  }
  if (!isWanted()) return port.send({ type: "cancel", reading });
  tell(desk, { type: "files-listed", reading });
  port.send({ type: "read-pictures", reading, mapping: desk.state.value.mapping });
}

function readTable(desk: Desk): void {
  const { table: file } = desk;
  if (file === null) return;
  const { choices } = desk.state.value;
  read(desk, (reading) => ({ type: "read-table", reading, file, choices }));
}

function readShard(desk: Desk, shard: number): Promise<void> {
  const run = desk.run?.id;
  if (run === undefined) return Promise.resolve();
  read(desk, (reading) => ({ type: "read-shard", reading, run, shard }));
  return new Promise((resolve) => {
    desk.onEnd = () => {
      desk.onEnd = () => undefined;
      resolve();
    };
  });
}

/** What the storage does not answer in time is not kept. */
function keep(desk: Desk, isWanted: boolean): void {
  tell(desk, { type: "keeping-began" });
  const port = portOf(desk);
  port.send({ type: "keep", isWanted });
  setTimeout(() => {
    if (desk.port !== port || desk.state.value.keeping.phase !== "working") return;
    tell(desk, {
      type: "not-kept",
      reason: `this browser's storage has not answered for ${SILENCE_MS / 1000} s`,
    });
  }, SILENCE_MS);
}

function cancel(desk: Desk): void {
  const { reading } = desk.state.value;
  tell(desk, { type: "cancelled" });
  desk.port?.send({ type: "cancel", reading });
}
