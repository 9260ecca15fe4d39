import * as tf from "@tensorflow/tfjs-core";

/** The part of TensorFlow.js's wasm backend that is used here. */
type SharingBackend = { incRef(dataId: object): void };

/**
 * Makes clones, and casts to the type that a tensor has already, share the tensor's values, as `tf.reshape` does.
 * TensorFlow.js's wasm backend copies them, although tensors never change. Does nothing where that backend is not
 * imported, and nothing twice.
 */
export function shareValuesOfClones(): void {
  replaceKernel("Identity", () => true);
  replaceKernel("Cast", (x, attributes) => attributes.dtype === x.dtype);
}

function replaceKernel(
  kernelName: string,
  sharing: (x: tf.TensorInfo, attributes: tf.NamedAttrMap) => boolean,
): void {
  const backendName = "wasm";
  const original = tf.getKernel(kernelName, backendName);
  if (original === undefined || replaced.has(original)) return;
  const config: tf.KernelConfig = {
    ...original,
    kernelFunc: (call) => {
      const x = call.inputs.x as tf.TensorInfo;
      if (!sharing(x, call.attrs ?? {})) return original.kernelFunc(call);
      (call.backend as SharingBackend).incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
    },
  };
  replaced.add(config);
  tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel(config);
}

/** The kernels that have been replaced already. */
const replaced = new WeakSet<tf.KernelConfig>();
