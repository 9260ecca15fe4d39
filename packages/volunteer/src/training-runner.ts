/** Runs the trainings that the session asks for, and turns their ends into events. */
import type { Plan } from "@tributary/protocol";
import { finishedUpdate } from "./finished-update.ts";
import type { SessionEvent } from "./session/events.ts";
import type { StoredUpdate } from "./stored-update.ts";
import type { Tensor } from "./tensor-download.ts";
import { createTrainingSignal } from "./training-signal.ts";
import type { BatchProgress, Trainer } from "./types.ts";

/** `control` null: the round has none. */
export type TrainedTensors = { readonly snapshot: Tensor | null; readonly control: Tensor | null };

export type TrainingRunner = {
  start(training: number, round: number, plan: Plan | null, tensors: TrainedTensors): void;
  /** Calls the training under way off; its end is still reported. */
  abort(): void;
  /** The update of the training that finished last. */
  finished(): StoredUpdate | null;
  /** Waits for the training under way, then lets the trainer go. */
  dispose(): Promise<void>;
};

export function createTrainingRunner(
  trainer: Trainer,
  now: () => number,
  dispatch: (event: SessionEvent) => void,
): TrainingRunner {
  let finished: StoredUpdate | null = null;
  let abortCurrent = (_reason: unknown): void => undefined;
  let ended: Promise<void> = Promise.resolve();

  async function train(
    training: number,
    round: number,
    plan: Plan,
    snapshot: Tensor,
    control: Tensor | null,
  ) {
    const { values: start } = snapshot;
    const { signal, abort } = createTrainingSignal();
    const startedAtMs = now();
    const onBatch = (progress: BatchProgress): void =>
      dispatch({ type: "training-progressed", training, ...progress });
    const result = trainer.train({
      round,
      plan,
      start,
      control: control?.values ?? null,
      onBatch,
      signal,
    });
    abortCurrent = abort;
    const trained = { round, snapshot: snapshot.hash, start, plan };
    finished = finishedUpdate(trained, await result, now() - startedAtMs);
    dispatch({ type: "training-finished", training, offer: finished.offer });
  }

  return {
    start(training, round, plan, { snapshot, control }) {
      const fail = (error: unknown): void =>
        dispatch({ type: "training-failed", training, detail: reasonOf(error).slice(0, 400) });
      if (plan === null || snapshot === null) fail("there is no plan or no snapshot to train");
      else ended = train(training, round, plan, snapshot, control).catch(fail);
    },
    abort: () => abortCurrent(new Error("the training was called off")),
    finished: () => finished,
    dispose: () => ended.then(() => trainer.dispose()),
  };
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
