import * as tf from "@tensorflow/tfjs-core";

/** `tf.tidy` for a function whose result is an object of a type of its own, with tensors, or null, as its fields. */
export function tidied<Result>(compute: () => Result): Result {
  return tf.tidy(compute as () => tf.TensorContainer) as Result;
}
