/**
 * SGD, momentum and Adam over one flat vector, in PyTorch's forms. State is passed and never held.
 * Legend: P parameters.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { OptimizerSpec } from "@tributary/protocol";
import { requireLength } from "../requirements.ts";

/** What an optimiser remembers from step to step; vectors are [P]. */
export type OptimizerState =
  | { readonly kind: "sgd" }
  | { readonly kind: "momentum"; readonly velocity: Float32Array }
  | {
      readonly kind: "adam";
      readonly first: Float32Array;
      readonly second: Float32Array;
      /** Steps taken so far; the bias correction depends on them. */
      readonly steps: number;
    };

/** The same state with its vectors as tensors on the current backend. */
export type DeviceOptimizerState =
  | { readonly kind: "sgd" }
  | { readonly kind: "momentum"; readonly velocity: tf.Tensor }
  | { readonly kind: "adam"; readonly first: tf.Tensor; readonly second: tf.Tensor; readonly steps: number };

/** The state before the first step, for `parameters` values: zeros. */
export function initialOptimizerState(spec: OptimizerSpec, parameters: number): OptimizerState {
  switch (spec.kind) {
    case "sgd":
      return { kind: "sgd" };
    case "momentum":
      return { kind: "momentum", velocity: new Float32Array(parameters) };
    case "adam":
      return {
        kind: "adam",
        first: new Float32Array(parameters),
        second: new Float32Array(parameters),
        steps: 0,
      };
    default:
      return spec satisfies never;
  }
}

/** Throws, quoting both, on the state of another optimiser, and on one for another number of parameters. */
export function requireState(spec: OptimizerSpec, state: OptimizerState, parameters: number): void {
  if (state.kind !== spec.kind) throw new Error(mismatch(spec, state));
  const vectors =
    state.kind === "adam" ? [state.first, state.second] : state.kind === "momentum" ? [state.velocity] : [];
  for (const vector of vectors) requireLength("values in the optimizer state", vector, parameters);
}

function mismatch(spec: OptimizerSpec, state: { readonly kind: string }): string {
  return `expected the optimizer state of ${spec.kind}, got that of ${state.kind}`;
}

/** Copies a state's vectors to the current backend. The caller owns the result. */
export function uploadState(state: OptimizerState): DeviceOptimizerState {
  switch (state.kind) {
    case "sgd":
      return state;
    case "momentum":
      return { kind: "momentum", velocity: tf.tensor1d(state.velocity) };
    case "adam":
      return {
        kind: "adam",
        first: tf.tensor1d(state.first),
        second: tf.tensor1d(state.second),
        steps: state.steps,
      };
    default:
      return state satisfies never;
  }
}

/** Reads a state back from the device. Disposes nothing. */
export async function downloadState(state: DeviceOptimizerState): Promise<OptimizerState> {
  switch (state.kind) {
    case "sgd":
      return state;
    case "momentum":
      return { kind: "momentum", velocity: await state.velocity.data<"float32">() };
    case "adam": {
      const [first, second] = await Promise.all([
        state.first.data<"float32">(),
        state.second.data<"float32">(),
      ]);
      return { kind: "adam", first, second, steps: state.steps };
    }
    default:
      return state satisfies never;
  }
}

/** Disposes the tensors of a state. */
export function disposeState(state: DeviceOptimizerState): void {
  if (state.kind === "momentum") state.velocity.dispose();
  if (state.kind === "adam") tf.dispose([state.first, state.second]);
}

const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.999;
const EPSILON = 1e-8;

/**
 * One step along a gradient g. The caller owns the new value and the new state, and still owns the inputs.
 * - sgd: value - rate g
 * - momentum: u = momentum u + g; value - rate u
 * - adam (Kingma and Ba, ICLR 2015, algorithm 1), step n: m = 0.9 m + 0.1 g; v = 0.999 v + 0.001 g^2;
 *   value - rate m' / (sqrt(v') + 1e-8), m' = m / (1 - 0.9^n), v' = v / (1 - 0.999^n)
 *
 * Do not call it inside a `tf.tidy`, which would dispose the new state's tensors. Throws on the state of another
 * optimiser.
 */
export function applyStep<T extends tf.Tensor>(
  spec: OptimizerSpec,
  value: T,
  gradient: T,
  state: DeviceOptimizerState,
): { readonly value: T; readonly state: DeviceOptimizerState } {
  if (spec.kind === "momentum" && state.kind === "momentum") {
    const velocity = tf.tidy(() => tf.add(tf.mul(state.velocity, spec.momentum), gradient));
    const next = tf.tidy(() => tf.sub(value, tf.mul(velocity, spec.learningRate)) as T);
    return { value: next, state: { kind: "momentum", velocity } };
  }
  if (spec.kind === "adam" && state.kind === "adam")
    return adamStep(spec.learningRate, value, gradient, state);
  if (spec.kind === "sgd" && state.kind === "sgd") {
    return { value: tf.tidy(() => tf.sub(value, tf.mul(gradient, spec.learningRate)) as T), state };
  }
  throw new Error(mismatch(spec, state));
}

function adamStep<T extends tf.Tensor>(
  rate: number,
  value: T,
  gradient: T,
  state: Extract<DeviceOptimizerState, { kind: "adam" }>,
) {
  const steps = state.steps + 1;
  const first = tf.tidy(() => weighted(state.first, FIRST_DECAY, gradient));
  const second = tf.tidy(() => weighted(state.second, SECOND_DECAY, tf.square(gradient)));
  const next = tf.tidy(() => {
    const unbias = 1 / Math.sqrt(1 - SECOND_DECAY ** steps);
    const spread = tf.add(tf.mul(tf.sqrt(second), unbias), EPSILON);
    return tf.sub(value, tf.div(tf.mul(first, rate / (1 - FIRST_DECAY ** steps)), spread)) as T;
  });
  return { value: next, state: { kind: "adam" as const, first, second, steps } };
}

function weighted(old: tf.Tensor, decay: number, fresh: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(old, decay), tf.mul(fresh, 1 - decay));
}
