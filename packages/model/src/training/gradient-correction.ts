/** What a strategy adds to the gradients of local training. Legend: P parameters. */
import * as tf from "@tensorflow/tfjs-core";
import { requireLength } from "../requirements.ts";

/**
 * What a strategy adds to the gradient g of each mini-batch: the optimiser sees g + proximal (theta - start) + control.
 * FedProx (Li et al., MLSys 2020, equation 2) is the first with mu; SCAFFOLD (Karimireddy et al., ICML 2020,
 * algorithm 1) the second with c - c_i.
 */
export type GradientCorrection = {
  /** mu, not negative; 0 for none. */
  readonly proximal: number;
  /** [P]; null for none. */
  readonly control: Float32Array | null;
};

/** A correction with its vectors on the current backend. */
export type DeviceCorrection = {
  /** g + proximal (theta - start) + control, the caller's. */
  apply(gradient: tf.Tensor1D, theta: tf.Tensor1D): tf.Tensor1D;
  dispose(): void;
};

/** Throws where the control has another length than `start`, or mu is negative or not finite. */
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
