/** The worker processes of an experiment. Each works one run after another until none is left. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FromWorker, ToWorker } from "./worker-messages.ts";

export type RunTask = { readonly folder: string; readonly run: Extract<ToWorker, { type: "run" }>["spec"] };

export type PoolOptions = {
  /** How many processes work at once. Called when the first has opened its backend. */
  readonly jobsOn: (opened: Extract<FromWorker, { type: "opened" }>) => number;
  readonly settings: Omit<Extract<ToWorker, { type: "open" }>, "type">;
  readonly tasks: readonly RunTask[];
  /** `task` is null for messages before a worker's first run. */
  readonly onMessage: (task: RunTask | null, message: FromWorker) => void;
  readonly signal: AbortSignal;
};

const entry = fileURLToPath(new URL("../../dist/experiment/worker.js", import.meta.url));
const STOP_WITHIN_MS = 10_000;

/**
 * Resolves when every task has been tried, or the signal has ended all workers. If a worker dies, its task has failed and
 * another worker takes its place. If one cannot open its backend or data, the whole pool ends: the others could not either.
 */
export async function runPool(options: PoolOptions): Promise<void> {
  const queue = [...options.tasks];
  const broken = new AbortController();
  const signal = AbortSignal.any([options.signal, broken.signal]);
  const giveUp = () => broken.abort(new Error("a worker could not open its backend or data"));
  const lanes: Promise<void>[] = [];
  let isGrown = false;
  const addLane = () => lanes.push(lane());
  const onOpened = (opened: Extract<FromWorker, { type: "opened" }>) => {
    if (isGrown) return;
    isGrown = true;
    const more = Math.min(options.jobsOn(opened), options.tasks.length) - 1;
    for (let added = 0; added < more; added++) addLane();
  };
  const lane = async () => {
    while (queue.length > 0 && !signal.aborted) {
      await workUntilEnd(queue, options, { signal, giveUp, onOpened });
    }
  };
  addLane();
  for (let at = 0; at < lanes.length; at++) await lanes[at];
}

type Pool = {
  readonly signal: AbortSignal;
  readonly giveUp: () => void;
  readonly onOpened: (opened: Extract<FromWorker, { type: "opened" }>) => void;
};

/** Starts one worker and gives it tasks. Resolves when its process has ended. */
function workUntilEnd(
  queue: RunTask[],
  { settings, onMessage }: PoolOptions,
  { signal, giveUp, onOpened }: Pool,
): Promise<void> {
  const worker = fork(entry, { stdio: ["ignore", "ignore", "inherit", "ipc"], execArgv: [] });
  let task: RunTask | null = null;
  const send = (message: ToWorker) => worker.connected && worker.send(message);
  const next = () => {
    task = queue.shift() ?? null;
    if (task === null) end(worker);
    else send({ type: "run", spec: task.run, folder: task.folder });
  };
  worker.on("message", (message: FromWorker) => {
    onMessage(task, message);
    if (message.type === "not-opened") giveUp();
    if (message.type === "opened" || message.type === "run-done" || message.type === "run-failed") next();
    if (message.type === "opened") onOpened(message);
  });
  const stop = () => end(worker);
  signal.addEventListener("abort", stop);
  send({ type: "open", ...settings });

  return new Promise((resolve) => {
    const ended = (how: string) => {
      signal.removeEventListener("abort", stop);
      if (task !== null && !signal.aborted) {
        onMessage(task, { type: "run-failed", reason: `its process ended: ${how}`, impossible: false });
      } else if (queue.length > 0 && !signal.aborted) {
        onMessage(null, { type: "not-opened", reason: `a worker ended before its first run: ${how}` });
        giveUp();
      }
      resolve();
    };
    worker.once("exit", (code, cause) => ended(cause ?? `exit code ${code}`));
    worker.once("error", (error) => worker.pid === undefined && ended(error.message));
  });
}

/** Asks the worker to end, and kills it if that takes too long. Its run goes on later from the last finished round. */
function end(worker: ChildProcess): void {
  if (worker.connected) worker.send({ type: "stop" } satisfies ToWorker);
  const timer = setTimeout(() => worker.kill("SIGKILL"), STOP_WITHIN_MS);
  worker.once("exit", () => clearTimeout(timer));
}
