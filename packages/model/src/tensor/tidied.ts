import * as tf from "@tensorflow/tfjs-core";

/** `tf.tidy` for a function whose result holds tensors in fields of its own type, some of them null. */
export function tidied<Result>(compute: () => Result): Result {
  return tf.tidy(compute as () => tf.TensorContainer) as Result;
}
