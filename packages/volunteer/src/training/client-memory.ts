/**
 * What stays with a client from one of its rounds to the next, as data: the same in a page, in Node and in a simulation.
 * Legend: P parameters.
 */
import {
  type GradientCorrection,
  initialOptimizerState,
  type LocalTrainingResult,
  type OptimizerState,
} from "@tributary/model";
import { decodeValues, encodeValues, type Hash, type Plan } from "@tributary/protocol";
import { clientRuleOf } from "@tributary/strategy";

export type ClientMemory = {
  /** What the next round goes on from; null: it begins afresh. */
  readonly optimizer: OptimizerState | null;
  /** The client's control variate c_i [P], the sum of its control deltas that rounds took; null: zero. */
  readonly control: Float32Array | null;
  /** Of the newest update. It belongs to c_i once its round has taken it. */
  readonly pending: PendingControl | null;
};

/**
 * A round that is abandoned takes no update, not even a committed one, and the round after it begins at the same model
 * again. Whether a round took its updates therefore shows in the model that comes next, to a client that was away too.
 */
export type PendingControl = {
  /** The round of the update. */
  readonly round: number;
  /** c_i+ - c_i [P]. */
  readonly delta: Float32Array;
  /** What the update was trained on. */
  readonly snapshot: Hash;
  /** By the server's last word on the update. */
  readonly committed: boolean;
};

export const emptyMemory: ClientMemory = { optimizer: null, control: null, pending: null };

/** A round's model [P], and its hash. */
type Start = { readonly start: Float32Array; readonly snapshot: Hash };

/** What was trained: a round, and the hash of its model. */
type Trained = { readonly round: number; readonly snapshot: Hash };

/** The memory's part of a round's training. `control`: the server's control variate c [P]; null: none, or zero. */
export function trainingFrom(
  memory: ClientMemory,
  plan: Plan,
  { start, snapshot }: Start,
  control: Float32Array | null,
): {
  readonly optimizerState: OptimizerState;
  readonly correction: GradientCorrection | null;
  readonly keepMeanGradient: boolean;
} {
  const { optimizer, keepOptimizerState } = plan.local;
  const { optimizer: kept } = memory;
  const goesOn = keepOptimizerState && kept !== null && fits(kept, optimizer.kind, start.length);
  const { proximal, controlVariates } = clientRuleOf(plan.strategy);
  const corrects = proximal > 0 || controlVariates;
  const own = controlOf(memory, snapshot, start.length);
  const added = controlVariates ? difference(control, own, start.length) : null;
  return {
    optimizerState: goesOn ? kept : initialOptimizerState(optimizer, start.length),
    correction: corrects ? { proximal, control: added } : null,
    keepMeanGradient: controlVariates,
  };
}

/**
 * What a finished training leaves. Under control variates the delta is c_i+ - c_i as it travels in the plan's dtype, with
 * c_i+ the mean mini-batch gradient: what is added here is then what the server adds, to the last bit.
 */
export function remember(
  memory: ClientMemory,
  plan: Plan,
  { round, snapshot }: Trained,
  trained: LocalTrainingResult,
): { readonly memory: ClientMemory; readonly controlDelta: Float32Array | null } {
  const optimizer = plan.local.keepOptimizerState ? trained.optimizerState : null;
  const { meanGradient } = trained;
  if (!clientRuleOf(plan.strategy).controlVariates || meanGradient === null) {
    return { memory: { optimizer, control: null, pending: null }, controlDelta: null };
  }
  const { length } = meanGradient;
  const control = controlOf(memory, snapshot, length);
  const exact = difference(meanGradient, control, length);
  const delta = decodeValues(encodeValues(exact, plan.updateDtype), plan.updateDtype);
  const pending = { round, delta, snapshot, committed: false };
  return { memory: { optimizer, control, pending }, controlDelta: delta };
}

/** The server's last word on the update of a round: whether it is committed. On an older update it comes too late. */
export function settle(memory: ClientMemory, round: number, counted: boolean): ClientMemory {
  const { pending } = memory;
  if (pending?.round !== round) return memory;
  return { ...memory, pending: counted ? { ...pending, committed: true } : null };
}

/** Whether training of `parameters` values with this kind of optimiser can go on from the state. */
function fits(state: OptimizerState, kind: OptimizerState["kind"], parameters: number): boolean {
  return state.kind === kind && vectorsOf(state).every((vector) => vector.length === parameters);
}

function vectorsOf(state: OptimizerState): readonly Float32Array[] {
  switch (state.kind) {
    case "sgd":
      return [];
    case "momentum":
      return [state.velocity];
    case "adam":
      return [state.first, state.second];
    default:
      return state satisfies never;
  }
}

/** c_i for a training on `snapshot`; null: zero. */
function controlOf(
  { control, pending }: ClientMemory,
  snapshot: Hash,
  parameters: number,
): Float32Array | null {
  const known = control?.length === parameters ? control : null;
  if (!pending?.committed || pending.snapshot === snapshot) return known;
  return pending.delta.length === parameters
    ? pending.delta.map((value, at) => value + (known?.[at] ?? 0))
    : known;
}

/** a - b [P], null being zero. */
function difference(a: Float32Array | null, b: Float32Array | null, parameters: number): Float32Array {
  return new Float32Array(parameters).map((_, at) => (a?.[at] ?? 0) - (b?.[at] ?? 0));
}
