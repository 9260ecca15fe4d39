/** The page's side of the trainer worker: a `Trainer` whose work happens on another thread. */
import type { Dataset, LocalTrainingResult } from "@tributary/model";
import type { Trainer } from "@tributary/volunteer";
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
  readonly request: Request;
  readonly resolve: (result: LocalTrainingResult) => void;
  readonly reject: (cause: unknown) => void;
};

/** Rejects when no backend can train. `onTensors`: tensors that the worker holds after each round. */
export async function openWorkerTrainer(options: {
  readonly dataset: Dataset;
  readonly stream: string;
  readonly forced: BrowserBackend | null;
  readonly onTensors: (count: number) => void;
}): Promise<WorkerTrainer> {
  const worker = new Worker(new URL("./trainer-worker.ts", import.meta.url), {
    type: "module",
    name: "trainer",
  });
  const send = (command: TrainerCommand, transfer: Transferable[] = []) =>
    worker.postMessage(command, transfer);
  let waiting: Waiting | null = null;
  const settle = (round: number, act: (waiting: Waiting) => void) => {
    if (waiting === null || waiting.request.round !== round) return;
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
        case "batch-trained":
          if (waiting?.request.round === report.round) waiting.request.onBatch(report);
          return;
        case "round-trained":
          options.onTensors(report.tensors);
          settle(report.round, ({ resolve }) => resolve(report.result));
          return;
        case "training-failed":
          settle(report.round, ({ reject }) => reject(new Error(report.reason)));
          return;
        default:
          report satisfies never;
      }
    });
    worker.addEventListener("error", (event) => {
      const cause = new Error(`the training worker failed: ${event.message || "its script did not load"}`);
      reject(cause);
      waiting?.reject(cause);
      waiting = null;
    });
  });

  send({ type: "open", forced: options.forced, dataset: options.dataset, stream: options.stream });
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
        request.signal.throwIfAborted();
        waiting = { request, resolve, reject };
        const { round, plan } = request;
        // The session keeps its own start to make the delta; this copy is handed over whole.
        const start = request.start.slice();
        send({ type: "train", round, plan, start }, [start.buffer]);
        const onAbort = () => {
          send({ type: "abort", round });
          settle(round, () => reject(request.signal.reason));
        };
        request.signal.addEventListener("abort", onAbort, { once: true });
      }),
    dispose: async () => worker.terminate(),
  };
}
