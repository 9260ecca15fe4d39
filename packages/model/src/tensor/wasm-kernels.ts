import * as tf from "@tensorflow/tfjs-core";

type SharingBackend = { incRef(dataId: object): void };

/**
 * TensorFlow.js's wasm backend copies the values where a copy is not needed: a clone, or a cast to the type that a
 * tensor has already. Tensors never change, so both can share the values, as `tf.reshape` does.
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

/** The replacements made, so that preparing twice does not wrap twice. */
const replaced = new WeakSet<tf.KernelConfig>();
