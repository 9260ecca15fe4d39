/** The page's side of the trainer worker: a `Trainer` whose work happens on another thread. */
import type { Dataset } from "@tributary/model";
import type { Trainer, TrainingResult } from "@tributary/volunteer";
import type { BrowserBackend, RefusedBackend } from "./backend-choice.ts";
import type { TrainerCommand, TrainerReport } from "./trainer-messages.ts";

export type TakenBackend = {
  readonly name: BrowserBackend;
  readonly adapter: string;
  readonly refused: readonly RefusedBackend[];
};

export type WorkerTrainer = Trainer & { readonly taken: TakenBackend };

type Request = Parameters<Trainer["train"]>[0];
type Waiting = {
  readonly training: number;
  readonly request: Request;
  readonly resolve: (result: TrainingResult) => void;
  readonly reject: (cause: unknown) => void;
};

/** Rejects when no backend can train. `onTensors`: tensors that the worker holds after each round. */
export async function openWorkerTrainer(options: {
  readonly dataset: Dataset;
  readonly source: string;
  readonly memory: Uint8Array | null;
  readonly forced: BrowserBackend | null;
  readonly onTensors: (count: number) => void;
  /** Keeps what the client remembers, after each round and each last word on an update; null: nothing. Never rejects. */
  readonly onMemory: (memory: Uint8Array | null) => Promise<void>;
}): Promise<WorkerTrainer> {
  const worker = new Worker(new URL("./trainer-worker.ts", import.meta.url), {
    type: "module",
    name: "trainer",
  });
  const send = (command: TrainerCommand, transfer: Transferable[] = []) =>
    worker.postMessage(command, transfer);
  let waiting: Waiting | null = null;
  let lastTraining = 0;
  /** The last words that the worker has not heeded yet, in their order. */
  const settling: { readonly resolve: () => void; readonly reject: (cause: unknown) => void }[] = [];
  let broken: Error | null = null;
  const endTraining = (training: number, act: (waiting: Waiting) => void) => {
    if (waiting?.training !== training) return;
    const settled = waiting;
    waiting = null;
    act(settled);
  };

  const opened = new Promise<TakenBackend>((resolve, reject) => {
    worker.addEventListener("message", ({ data: report }: MessageEvent<TrainerReport>) => {
      switch (report.type) {
        case "opened":
          resolve({ name: report.backend, adapter: report.adapter, refused: report.refused });
          return;
        case "not-opened":
          reject(new Error(report.reason));
          return;
        case "batch-trained": {
          const { training, batch, batches, loss } = report;
          if (waiting?.training === training) waiting.request.onBatch({ batch, batches, loss });
          return;
        }
        case "round-trained":
          options.onTensors(report.tensors);
          void options.onMemory(report.memory);
          endTraining(report.training, ({ resolve }) => resolve(report.result));
          return;
        case "settled": {
          const heeded = settling.shift();
          void options.onMemory(report.memory).then(heeded?.resolve);
          return;
        }
        case "training-failed":
          endTraining(report.training, ({ reject }) => reject(new Error(report.reason)));
          return;
        default:
          report satisfies never;
      }
    });
    worker.addEventListener("error", (event) => {
      const cause = new Error(`the training worker failed: ${event.message || "its script did not load"}`);
      broken = cause;
      reject(cause);
      waiting?.reject(cause);
      waiting = null;
      for (const unheeded of settling.splice(0)) unheeded.reject(cause);
    });
  });

  const { dataset, source, memory, forced } = options;
  send({ type: "open", forced, dataset, source, memory });
  const taken = await opened.catch((cause: unknown) => {
    worker.terminate();
    throw cause;
  });

  return {
    taken,
    examples: options.dataset.count,
    backend: taken.name,
    train: (request) =>
      new Promise((resolve, reject) => {
        if (request.signal.aborted) return reject(request.signal.reason);
        lastTraining += 1;
        const training = lastTraining;
        waiting = { training, request, resolve, reject };
        const { round, plan } = request;
        // The session keeps its own tensors; these copies are handed over whole.
        const start = request.start.slice();
        const control = request.control?.slice() ?? null;
        const given = [start.buffer, ...(control === null ? [] : [control.buffer])];
        send({ type: "train", training, round, plan, start, control }, given);
        const onAbort = () => {
          send({ type: "abort", training });
          endTraining(training, () => reject(request.signal.reason));
        };
        request.signal.addEventListener("abort", onAbort, { once: true });
      }),
    settle: (round, counted) =>
      new Promise((resolve, reject) => {
        if (broken !== null) return reject(broken);
        settling.push({ resolve, reject });
        send({ type: "settle", round, counted });
      }),
    dispose: async () => {
      for (const unheeded of settling.splice(0)) unheeded.reject(new Error("the trainer was disposed"));
      worker.terminate();
    },
  };
}
