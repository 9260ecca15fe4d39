/**
 * What a client keeps from one of its rounds to the next, as data. It is the same in a page, in Node and in a
 * simulation.
 * Legend: P parameters; c_i the client's control variate (SCAFFOLD, arXiv 1910.06378); c the server's.
 */
import {
  type GradientCorrection,
  initialOptimizerState,
  type LocalTrainingResult,
  type OptimizerState,
} from "@tributary/model";
import { decodeValues, encodeValues, type Hash, type Plan } from "@tributary/protocol";
import { clientRuleOf } from "@tributary/strategy";

/** All that a client remembers. Its parts are null until a round leaves something to remember. */
export type ClientMemory = {
  /** The optimiser's state after the last round that was trained to its end; null: the next round begins afresh. */
  readonly optimizer: OptimizerState | null;
  /** c_i, [P]: the sum of the control deltas that rounds took; null: zero. */
  readonly control: Float32Array | null;
  /** The control delta of the newest update. It is added to c_i when its round has taken it. */
  readonly pending: PendingControl | null;
};

/**
 * A control delta whose round may or may not take it. An abandoned round takes no update, not even a committed one,
 * and the next round begins at the same model again. So the model that comes next tells every client, even one that
 * was away, whether the round took its updates.
 */
export type PendingControl = {
  /** The update's round. */
  readonly round: number;
  /** c_i+ - c_i, [P]. */
  readonly delta: Float32Array;
  /** Hash of the model that the update was trained on. */
  readonly snapshot: Hash;
  /** Whether the server's last word on the update was that it is committed. */
  readonly committed: boolean;
};

/** The memory of a client that has not trained yet. */
export const emptyMemory: ClientMemory = { optimizer: null, control: null, pending: null };

/** A round's model, [P], and its hash. */
export type RoundStart = { readonly start: Float32Array; readonly snapshot: Hash };

/** The round that was trained, and the hash of its model. */
type Trained = { readonly round: number; readonly snapshot: Hash };

/**
 * What the memory contributes to the training of a round: the optimiser's state to go on from, the correction that
 * the plan's strategy adds to each gradient (proximal mu, control c - c_i), and whether the mean gradient is needed
 * afterwards. A memory of another optimiser or another number of parameters is not used.
 *
 * @param control c, [P]; null where the strategy has none or it is zero
 */
export function trainingFrom(
  memory: ClientMemory,
  plan: Plan,
  { start, snapshot }: RoundStart,
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
 * The memory after a finished training. Under control variates the control delta is c_i+ - c_i with c_i+ the mean
 * mini-batch gradient (option II of SCAFFOLD), rounded to the plan's dtype as it travels. So the client adds what the
 * server adds, to the last bit. Elsewhere the control delta is null.
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

/**
 * The memory after the server's last word on the update of a round. `counted`: it is committed. A word on an update
 * that is not the newest changes nothing.
 */
export function settle(memory: ClientMemory, round: number, counted: boolean): ClientMemory {
  const { pending } = memory;
  if (pending?.round !== round) return memory;
  return { ...memory, pending: counted ? { ...pending, committed: true } : null };
}

/** Whether an optimiser of this kind can go on from the state, for this many parameters. */
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

/** c_i for a training on `snapshot`; null means zero. */
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

/** a - b, [P]; null means zero. */
function difference(a: Float32Array | null, b: Float32Array | null, parameters: number): Float32Array {
  return new Float32Array(parameters).map((_, at) => (a?.[at] ?? 0) - (b?.[at] ?? 0));
}
