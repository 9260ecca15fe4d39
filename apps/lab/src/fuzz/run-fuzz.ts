/** Feeds a reader with damaged files in a process of its own, and counts what comes of them. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FromReader, ToReader } from "./messages.ts";
import type { ReaderName } from "./readers.ts";

export type FuzzOptions = {
  readonly reader: ReaderName;
  readonly files: number;
  readonly seed: number;
  /** A file that takes longer counts as a hang, and its process is ended. */
  readonly hangMs: number;
};

/** A file that was not read as promised. The seed and `at` give its bytes again. */
export type Failure = {
  readonly at: number;
  readonly kind: "broken" | "crash" | "hang";
  readonly reason: string;
};

export type FuzzReport = {
  readonly reader: ReaderName;
  readonly seed: number;
  readonly files: number;
  /** How many files came to each outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
  readonly slowest: { readonly at: number; readonly ms: number };
  /** The most memory that a process took, in bytes. */
  readonly peakBytes: number;
};

const entry = fileURLToPath(new URL("../../dist/fuzz/child.js", import.meta.url));

/** A process reads so many files, so that a crash costs little and memory is counted from a fresh start. */
const BATCH = 5_000;

/** Resolves when every file has been tried. Rejects where the process that reads them does not start. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const outcomes: Record<string, number> = {};
  const failures: Failure[] = [];
  let slowest = { at: 0, ms: 0 };
  let peakBytes = 0;
  for (let from = 0; from < options.files; ) {
    const to = Math.min(from + BATCH, options.files);
    const ended = await readBatch(options, from, to, (message) => {
      if (message.type === "read") {
        outcomes[message.outcome] = (outcomes[message.outcome] ?? 0) + 1;
        if (message.ms > slowest.ms) slowest = { at: message.at, ms: message.ms };
      } else if (message.type === "broken")
        failures.push({ at: message.at, kind: "broken", reason: message.reason });
      else if (message.type === "done") peakBytes = Math.max(peakBytes, message.peakBytes);
    });
    if (ended !== null) failures.push(ended);
    from = ended === null ? to : ended.at + 1;
  }
  const { reader, seed, files } = options;
  return { reader, seed, files, outcomes, failures, slowest, peakBytes };
}

/** Resolves to null when all files are read, or to the one over which the process ended. Rejects if it read none. */
function readBatch(
  { reader, seed, hangMs }: FuzzOptions,
  from: number,
  to: number,
  onMessage: (message: FromReader) => void,
): Promise<Failure | null> {
  return new Promise((resolve, reject) => {
    const child = fork(entry, { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
    let last = { at: from, hasBegun: false, isDone: false, isHung: false };
    let watchdog = setTimeout(end, hangMs);
    function end() {
      last = { ...last, isHung: true };
      child.kill("SIGKILL");
    }
    child.on("message", (message: FromReader) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(end, hangMs);
      if (message.type === "done") last = { ...last, isDone: true };
      else last = { ...last, at: message.at, hasBegun: true };
      onMessage(message);
    });
    child.on("close", (code, signal) => {
      clearTimeout(watchdog);
      if (last.isDone) resolve(null);
      else if (last.isHung) resolve({ at: last.at, kind: "hang", reason: `longer than ${hangMs} ms` });
      else if (last.hasBegun) resolve({ at: last.at, kind: "crash", reason: endOf(code, signal) });
      else reject(new Error(`the process that reads the files does not start: ${endOf(code, signal)}`));
    });
    child.send({ type: "read", reader, seed, from, to } satisfies ToReader);
  });
}

function endOf(code: number | null, signal: string | null): string {
  return `ended with ${signal ?? `exit code ${code}`}`;
}
