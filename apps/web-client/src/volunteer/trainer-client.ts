/** The page's side of the trainer worker: a `Trainer` whose work happens on another thread. */
import type { Dataset } from "@tributary/model";
import type { Plan } from "@tributary/protocol";
import type { Trainer, TrainingResult } from "@tributary/volunteer";
import type { BrowserBackend, RefusedBackend } from "./backend-choice.ts";
import type { TrainerCommand, TrainerReport } from "./trainer-messages.ts";

export type TakenBackend = {
  readonly name: BrowserBackend;
  readonly adapter: string;
  readonly refused: readonly RefusedBackend[];
};

export type WorkerTrainer = Trainer & { readonly taken: TakenBackend };

export type WorkerTrainerOptions = {
  readonly dataset: Dataset;
  /** The run's plan, which says what is held out of the data. */
  readonly plan: Plan;
  /** Names the data in the seed of every round: "shard-2". */
  readonly source: string;
  /** What this client remembers from before a reload; null: nothing. */
  readonly memory: Uint8Array | null;
  /** The only backend to try; null: all of them in order. */
  readonly forced: BrowserBackend | null;
  /** Called after each round with the number of tensors that the worker holds. */
  readonly onTensors: (count: number) => void;
  /** Keeps the client's memory, which changes after each round and each settled update; null: none. Never rejects. */
  readonly onMemory: (memory: Uint8Array | null) => Promise<void>;
};

type Request = Parameters<Trainer["train"]>[0];
type Waiting<T> = { readonly resolve: (value: T) => void; readonly reject: (cause: unknown) => void };
type Training = Waiting<TrainingResult> & { readonly id: number; readonly request: Request };

/** A worker, and everything that the page waits for from it. */
type Link = {
  readonly worker: Worker;
  readonly options: WorkerTrainerOptions;
  opening: Waiting<TakenBackend> | null;
  training: Training | null;
  lastTraining: number;
  /** Updates that the worker has not settled yet, in the order in which it was asked. */
  readonly settlings: Waiting<void>[];
  /** Set once the worker has failed for good. */
  broken: Error | null;
};

/** Starts the worker and hands it the data. Rejects when no backend can train. */
export async function openWorkerTrainer(options: WorkerTrainerOptions): Promise<WorkerTrainer> {
  const link = startWorker(options);
  const taken = await opened(link).catch((cause: unknown) => {
    link.worker.terminate();
    throw cause;
  });
  return {
    taken,
    examples: options.dataset.count,
    backend: taken.name,
    train: (request) => train(link, request),
    settle: (round, counted) => settle(link, round, counted),
    dispose: () => dispose(link),
  };
}

function startWorker(options: WorkerTrainerOptions): Link {
  const worker = new Worker(new URL("./trainer-worker.ts", import.meta.url), {
    type: "module",
    name: "trainer",
  });
  const link: Link = {
    worker,
    options,
    opening: null,
    training: null,
    lastTraining: 0,
    settlings: [],
    broken: null,
  };
  worker.addEventListener("message", ({ data }: MessageEvent<TrainerReport>) => receive(link, data));
  worker.addEventListener("error", ({ message }) => {
    breakOff(link, new Error(`the training worker failed: ${message || "its script did not load"}`));
  });
  return link;
}

function receive(link: Link, report: TrainerReport): void {
  const { options, training } = link;
  switch (report.type) {
    case "opened":
      link.opening?.resolve({ name: report.backend, adapter: report.adapter, refused: report.refused });
      return;
    case "not-opened":
      link.opening?.reject(new Error(report.reason));
      return;
    case "batch-trained": {
      const { batch, batches, loss } = report;
      if (training?.id === report.training) training.request.onBatch({ batch, batches, loss });
      return;
    }
    case "round-trained":
      options.onTensors(report.tensors);
      void options.onMemory(report.memory);
      endTraining(link, report.training)?.resolve(report.result);
      return;
    case "settled": {
      const settled = link.settlings.shift();
      void options.onMemory(report.memory).then(settled?.resolve);
      return;
    }
    case "training-failed":
      endTraining(link, report.training)?.reject(new Error(report.reason));
      return;
    default:
      report satisfies never;
  }
}

/** The worker is gone: whoever waits for it, or asks it later, gets the cause. */
function breakOff(link: Link, cause: Error): void {
  link.broken = cause;
  link.opening?.reject(cause);
  link.training?.reject(cause);
  link.training = null;
  rejectSettlings(link, cause);
}

function opened(link: Link): Promise<TakenBackend> {
  const { dataset, plan, source, memory, forced } = link.options;
  return new Promise((resolve, reject) => {
    link.opening = { resolve, reject };
    send(link, { type: "open", forced, dataset, plan, source, memory });
  });
}

function train(link: Link, request: Request): Promise<TrainingResult> {
  return new Promise((resolve, reject) => {
    const { round, plan, signal } = request;
    if (signal.aborted) return reject(signal.reason);
    link.lastTraining += 1;
    const id = link.lastTraining;
    link.training = { id, request, resolve, reject };
    // The session keeps its own tensors; these copies are handed over whole.
    const start = request.start.slice();
    const control = request.control?.slice() ?? null;
    const given = [start.buffer, ...(control === null ? [] : [control.buffer])];
    send(link, { type: "train", training: id, round, plan, start, control }, given);
    const onAbort = () => {
      send(link, { type: "abort", training: id });
      endTraining(link, id)?.reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** Takes the training out, if it is still the one that is waited for: it then ends exactly once. */
function endTraining(link: Link, id: number): Training | null {
  const { training } = link;
  if (training?.id !== id) return null;
  link.training = null;
  return training;
}

function settle(link: Link, round: number, counted: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    if (link.broken !== null) return reject(link.broken);
    link.settlings.push({ resolve, reject });
    send(link, { type: "settle", round, counted });
  });
}

async function dispose(link: Link): Promise<void> {
  rejectSettlings(link, new Error("the trainer was disposed"));
  link.worker.terminate();
}

function rejectSettlings({ settlings }: Link, cause: Error): void {
  for (const settling of settlings.splice(0)) settling.reject(cause);
}

function send({ worker }: Link, command: TrainerCommand, transfer: Transferable[] = []): void {
  worker.postMessage(command, transfer);
}
