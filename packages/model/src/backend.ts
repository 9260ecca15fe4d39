import * as tf from "@tensorflow/tfjs-core";
import { exp } from "./tensor/log-softmax.ts";

/**
 * Readies TensorFlow.js for this package; call it before any training. Idempotent, and good for every backend.
 * It mends the gradient of `tf.exp`, which is silently halved at second order. Nothing else of TensorFlow.js that is
 * wrong there is used by the networks: convolution, pooling and log-softmax are this package's own.
 */
export function prepareBackend(): void {
  if (prepared) return;
  prepared = true;
  tf.registerGradient({
    kernelName: "Exp",
    inputsToSave: ["x"],
    gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tf.Tensor, exp(x as tf.Tensor)) }),
  });
}

let prepared = false;
