/** Corrections of local training's gradients. Legend: P parameters. */
import * as tf from "@tensorflow/tfjs-core";
import { requireLength } from "../requirements.ts";

/**
 * What a strategy adds to the gradient g of each mini-batch: the optimiser takes g + proximal (theta - start) +
 * control. FedProx (Li et al., MLSys 2020, equation 2) uses `proximal`, its mu; SCAFFOLD (Karimireddy et al., ICML
 * 2020, algorithm 1) uses `control`, its c - c_i.
 */
export type GradientCorrection = {
  /** At least 0, and finite; 0 adds nothing. */
  readonly proximal: number;
  /** [P]; null adds nothing. */
  readonly control: Float32Array | null;
};

/** A correction with its vectors on the current backend; whoever uploaded it disposes it. */
export type DeviceCorrection = {
  /** g + proximal (theta - start) + control, [P]. The caller owns it. */
  apply(gradient: tf.Tensor1D, theta: tf.Tensor1D): tf.Tensor1D;
  dispose(): void;
};

/**
 * Copies a correction's vectors to the current backend; `start` [P] is where training begins. Throws, quoting the
 * value, where the control has another length than `start`, and where `proximal` is negative or not finite.
 */
export function uploadCorrection(correction: GradientCorrection, start: Float32Array): DeviceCorrection {
  const { proximal, control } = correction;
  if (!(proximal >= 0 && proximal < Number.POSITIVE_INFINITY)) {
    throw new Error(`expected a proximal weight of at least 0, got ${proximal}`);
  }
  if (control !== null) requireLength("values in the control variate", control, start.length);
  const anchor = proximal === 0 ? null : tf.tensor1d(start);
  const added = control === null ? null : tf.tensor1d(control);
  return {
    apply: (gradient, theta) =>
      tf.tidy(() => {
        let corrected = tf.clone(gradient);
        if (anchor !== null) corrected = tf.add(corrected, tf.mul(tf.sub(theta, anchor), proximal));
        if (added !== null) corrected = tf.add(corrected, added);
        return corrected;
      }),
    dispose() {
      anchor?.dispose();
      added?.dispose();
    },
  };
}
