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
import { decodeValues, encodeValues, type Plan } from "@tributary/protocol";
import { clientRuleOf } from "@tributary/strategy";

export type ClientMemory = {
  /** What the next round goes on from; null: it begins afresh. */
  readonly optimizer: OptimizerState | null;
  /** The client's control variate c_i [P], the sum of its control deltas that the server has committed; null: zero. */
  readonly control: Float32Array | null;
  /** The control delta [P] of the newest update, until the server's last word on it. */
  readonly pending: Float32Array | null;
};

export const emptyMemory: ClientMemory = { optimizer: null, control: null, pending: null };

/** The memory's part of a round's training. `control`: the server's control variate c [P]; null: none, or zero. */
export function trainingFrom(
  memory: ClientMemory,
  plan: Plan,
  start: Float32Array,
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
  const added = controlVariates ? difference(control, controlOf(memory, start.length), start.length) : null;
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
  trained: LocalTrainingResult,
): { readonly memory: ClientMemory; readonly controlDelta: Float32Array | null } {
  const optimizer = plan.local.keepOptimizerState ? trained.optimizerState : null;
  const { meanGradient } = trained;
  if (!clientRuleOf(plan.strategy).controlVariates || meanGradient === null) {
    return { memory: { optimizer, control: null, pending: null }, controlDelta: null };
  }
  const { length } = meanGradient;
  const control = controlOf(memory, length);
  const exact = difference(meanGradient, control, length);
  const pending = decodeValues(encodeValues(exact, plan.updateDtype), plan.updateDtype);
  return { memory: { optimizer, control, pending }, controlDelta: pending };
}

/** The server's last word on the newest update: c_i moves only where it was committed. */
export function settle(memory: ClientMemory, counted: boolean): ClientMemory {
  const { optimizer, control, pending } = memory;
  if (pending === null) return memory;
  if (!counted) return { optimizer, control, pending: null };
  return { optimizer, control: pending.map((value, at) => value + (control?.[at] ?? 0)), pending: null };
}

/** Whether training of `parameters` values with this kind of optimiser can go on from the state. */
function fits(state: OptimizerState, kind: OptimizerState["kind"], parameters: number): boolean {
  return state.kind === kind && vectorsOf(state).every((vector) => vector.length === parameters);
}

/** The vectors of an optimiser's state, in the order of its fields. */
export function vectorsOf(state: OptimizerState): readonly Float32Array[] {
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

function controlOf({ control }: ClientMemory, parameters: number): Float32Array | null {
  return control?.length === parameters ? control : null;
}

/** a - b [P], null being zero. */
function difference(a: Float32Array | null, b: Float32Array | null, parameters: number): Float32Array {
  return new Float32Array(parameters).map((_, at) => (a?.[at] ?? 0) - (b?.[at] ?? 0));
}
