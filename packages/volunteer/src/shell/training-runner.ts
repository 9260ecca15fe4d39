/** Runs the trainings that the session asks for, and reports how each of them ends. */
import type { EffectOf } from "../session/events.ts";
import { type FinishedUpdate, finishedUpdate } from "../training/finished-update.ts";
import type { Trainer, TrainingSignal } from "../types.ts";
import { createAbortController } from "./abort-controller.ts";
import type { Dispatch } from "./event-loop.ts";
import { reasonOf } from "./reason-of.ts";
import type { Tensor } from "./tensor-download.ts";

/** Owns the training that is under way. */
export type TrainingRunner = {
  readonly trainer: Trainer;
  readonly now: () => number;
  readonly dispatch: Dispatch;
  abort: (reason: Error) => void;
  /** Resolves when the training that was started last has ended, in whatever way. */
  ended: Promise<void>;
};

/** The tensors that a round is trained on. `control` null: the round has none. */
export type TrainedTensors = { readonly snapshot: Tensor | null; readonly control: Tensor | null };

/** No training is under way yet. */
export function createTrainingRunner(
  trainer: Trainer,
  now: () => number,
  dispatch: Dispatch,
): TrainingRunner {
  return { trainer, now, dispatch, abort: () => undefined, ended: Promise.resolve() };
}

/** Starts a training. Its end is reported as `training-finished` or `training-failed`. */
export function startTraining(
  runner: TrainingRunner,
  effect: EffectOf<"start-training">,
  tensors: TrainedTensors,
): void {
  const controller = createAbortController();
  const { dispatch } = runner;
  const { training } = effect;
  runner.abort = (reason) => controller.abort(reason);
  runner.ended = train(runner, effect, tensors, controller.signal).then(
    ({ offer, bytes }) => dispatch({ type: "training-finished", training, offer }, bytes),
    (error) => dispatch({ type: "training-failed", training, detail: reasonOf(error).slice(0, 400) }),
  );
}

/** Calls off the training that is under way. Its end is still reported. */
export function abortTraining(runner: TrainingRunner): void {
  runner.abort(new Error("the training was called off"));
}

/** Disposes of the trainer when the training that is under way has ended. */
export function disposeTrainer({ ended, trainer }: TrainingRunner): Promise<void> {
  return ended.then(() => trainer.dispose());
}

async function train(
  runner: TrainingRunner,
  { training, round, plan }: EffectOf<"start-training">,
  { snapshot, control }: TrainedTensors,
  signal: TrainingSignal,
): Promise<FinishedUpdate> {
  if (snapshot === null) throw new Error(`expected the snapshot of round ${round}, got none`);
  const startedAtMs = runner.now();
  const result = await runner.trainer.train({
    round,
    plan,
    start: snapshot.values,
    control: control?.values ?? null,
    onBatch: (progress) => runner.dispatch({ type: "training-progressed", training, ...progress }),
    signal,
  });
  const trained = { round, snapshot: snapshot.hash, start: snapshot.values, plan };
  return finishedUpdate(trained, result, runner.now() - startedAtMs);
}
