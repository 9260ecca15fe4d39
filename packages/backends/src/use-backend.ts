import * as tf from "@tensorflow/tfjs-core";

/** Makes the backend TensorFlow.js's current one. Throws where it does not start. */
export async function useBackend(name: string): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error("TensorFlow.js could not start it");
  await tf.ready();
}

/** Whether TensorFlow's own library, the current backend, computes on a GPU. */
export function tensorflowUsesGpu(): boolean {
  // TensorFlow.js types every backend alike; @tensorflow/tfjs-node adds this property to its own.
  const { isUsingGpuDevice } = tf.backend() as unknown as { readonly isUsingGpuDevice: boolean };
  return isUsingGpuDevice;
}
