/** Makes the update of a round out of its training. */
import { encodeTensor, type Hash, type Plan, type UpdateOffered } from "@tributary/protocol";
import type { TrainingResult } from "../types.ts";

/** What is offered to the server, and the bytes of the offered tensor as they travel. */
export type FinishedUpdate = { readonly offer: UpdateOffered; readonly bytes: Uint8Array };

/** The round that was trained. `snapshot` is the hash of `start`. */
export type TrainedRound = {
  readonly round: number;
  readonly snapshot: Hash;
  /** [parameters] */
  readonly start: Float32Array;
  readonly plan: Plan;
};

/**
 * The update to offer. Its tensor is the delta `result.parameters - start`, [P], followed by the control delta, [P],
 * if there is one, in the plan's dtype. Throws where the training diverged, that is where loss, delta or control
 * delta are not finite, and where the number of parameters is wrong: no server would take such an update.
 */
export function finishedUpdate(
  trained: TrainedRound,
  result: TrainingResult,
  trainingMs: number,
): FinishedUpdate {
  const { round, snapshot, start, plan } = trained;
  if (!Number.isFinite(result.loss)) throw new Error(`the training loss is ${result.loss}`);
  const delta = deltaOf(result.parameters, start);
  const { manifest, bytes } = encodeTensor(withControl(delta, result.controlDelta), plan.updateDtype);
  return {
    offer: {
      type: "update-offered",
      round,
      snapshot,
      examples: result.examples,
      loss: result.loss,
      accuracy: result.accuracy && Math.min(1, Math.max(0, result.accuracy)),
      evaluation: result.evaluation,
      trainingMs: Math.max(0, Math.round(trainingMs)),
      tensor: manifest,
    },
    bytes,
  };
}

/** parameters - start, [P]. */
function deltaOf(parameters: Float32Array, start: Float32Array): Float32Array {
  if (parameters.length !== start.length) {
    throw new Error(`expected ${start.length} trained parameters, got ${parameters.length}`);
  }
  const delta = parameters.map((value, at) => value - (start[at] ?? 0));
  const broken = delta.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) throw new Error(`parameter ${broken} became ${parameters[broken]}`);
  return delta;
}

/** Both deltas in one vector: [P] or, with a control delta, [2 P]. */
function withControl(delta: Float32Array, controlDelta: Float32Array | null): Float32Array {
  if (controlDelta === null) return delta;
  const broken = controlDelta.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) throw new Error(`the control variate at ${broken} changed by ${controlDelta[broken]}`);
  const both = new Float32Array(delta.length + controlDelta.length);
  both.set(delta);
  both.set(controlDelta, delta.length);
  return both;
}
