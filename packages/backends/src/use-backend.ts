import * as tf from "@tensorflow/tfjs-core";

/** Makes the backend TensorFlow.js's current one. Throws where it does not start. */
export async function useBackend(name: string): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error("TensorFlow.js could not start it");
  await tf.ready();
}
