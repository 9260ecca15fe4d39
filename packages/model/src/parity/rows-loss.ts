/** Compares an MLP on rows of a table, with each loss, on the current backend with known numbers. */
import * as tf from "@tensorflow/tfjs-core";
import type { LossKind, MlpSpec } from "@tributary/protocol";
import { parameterCount } from "../network/layout.ts";
import { gradientTangent, lossGradient, logits as outputsOf } from "../network/passes.ts";
import { requireLength } from "../requirements.ts";
import { relativeError } from "./relative-error.ts";

/** An MLP, rows and labels, and what they must give. Legend: N rows, F features, K outputs, P parameters. */
export type RowsLossVector = {
  readonly loss: LossKind;
  readonly features: number;
  readonly outputs: number;
  readonly rows: number;
  readonly hidden: readonly number[];
  readonly input: {
    /** [P] */
    readonly theta: readonly number[];
    /** [P] */
    readonly direction: readonly number[];
    /** [N, F] */
    readonly x: readonly number[];
    /** Class weights or targets, [N, K]. */
    readonly y: readonly number[];
  };
  readonly expect: {
    /** [N, K] */
    readonly outputs: readonly number[];
    readonly loss: number;
    /** Of the loss in theta, [P]. */
    readonly gradient: readonly number[];
    /** <direction, gradient>, and its gradients in theta, x and y. */
    readonly slope: number;
    readonly dtheta: readonly number[];
    readonly dx: readonly number[];
    readonly dy: readonly number[];
  };
};

/** Relative 2-norm errors, by quantity. */
export type RowsLossErrors = Record<keyof RowsLossVector["expect"], number>;

/** The current backend's errors. Throws, quoting both numbers, where a list has another length than it needs. */
export async function rowsLossErrors(vector: RowsLossVector): Promise<RowsLossErrors> {
  const { loss, features, outputs, rows, hidden, input, expect } = vector;
  const spec: MlpSpec = { kind: "mlp", input: [features], outputs, loss, hidden: [...hidden] };
  for (const name of ["theta", "direction"] as const) {
    requireLength(`values in input.${name}`, input[name], parameterCount(spec));
  }
  requireLength("values in input.x", input.x, rows * features);
  requireLength("values in input.y", input.y, rows * outputs);
  const results = resultsOf(spec, vector);
  const values = await Promise.all(results.map((tensor) => tensor.data()));
  tf.dispose([...results]);
  const names = ["outputs", "loss", "gradient", "slope", "dtheta", "dx", "dy"] as const;
  const errors = names.map((name, i) => {
    const expected = expect[name];
    const actual = values[i] as ArrayLike<number>;
    return [name, relativeError(actual, typeof expected === "number" ? [expected] : expected)];
  });
  return Object.fromEntries(errors) as RowsLossErrors;
}

/** Outputs, loss, gradient, slope, and the slope's gradients. The caller owns them. */
function resultsOf(spec: MlpSpec, { rows, features, outputs, input }: RowsLossVector): readonly tf.Tensor[] {
  return tf.tidy(() => {
    const [theta, direction] = [tf.tensor1d([...input.theta]), tf.tensor1d([...input.direction])];
    const x = tf.tensor2d([...input.x], [rows, features]);
    const y = tf.tensor2d([...input.y], [rows, outputs]);
    const first = lossGradient(spec, theta, x, y);
    const second = gradientTangent(spec, theta, direction, x, y);
    return [
      outputsOf(spec, theta, x),
      first.loss,
      first.gradient,
      second.slope,
      second.theta,
      second.inputs,
      second.labels,
    ];
  });
}
