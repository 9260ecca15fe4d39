/** Our own WebAssembly (packages/kernels) behind TensorFlow.js's wasm backend; network/fused-kernels.ts runs it. */
import * as tf from "@tensorflow/tfjs-core";
import type { ConvNetShape, Kernels } from "@tributary/kernels";

/** The part of TensorFlow.js's wasm backend that is used here. */
type WasmBackend = {
  makeOutput(shape: readonly number[], dtype: "float32"): tf.TensorInfo;
  /** A view of a tensor's values. It holds until the next allocation. */
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
};
type Inputs = Readonly<Record<string, tf.TensorInfo>>;
type Read = (name: string) => Float32Array;
type Output = readonly [values: ArrayLike<number>, shape: readonly number[]];

/** Makes `kernels` compute whole passes of ConvNets on the backend "wasm", instead of any kernels registered before. */
export function registerFusedKernels(kernels: Kernels): void {
  register("ConvNetLogits", (read, shape) => {
    const logits = kernels.logits(shape, read("theta"), read("images"));
    return [[logits, [logits.length / shape.classes, shape.classes]]];
  });
  register("ConvNetGradient", (read, shape, inputs) => {
    const { loss, gradient, logits } = kernels.gradient(shape, read("theta"), read("images"), read("labels"));
    return [
      [[loss], []],
      [gradient, shapeOf(inputs, "theta")],
      [logits, shapeOf(inputs, "labels")],
    ];
  });
  register("ConvNetTangent", (read, shape, inputs) => {
    const [images, labels] = [read("images"), read("labels")];
    const tangent = kernels.tangent(shape, read("theta"), read("direction"), images, labels);
    return [
      [[tangent.slope], []],
      [tangent.theta, shapeOf(inputs, "theta")],
      [tangent.images, shapeOf(inputs, "images")],
      [tangent.labels, shapeOf(inputs, "labels")],
    ];
  });
}

function register(
  kernelName: string,
  compute: (read: Read, shape: ConvNetShape, inputs: Inputs) => readonly Output[],
): void {
  const backendName = "wasm";
  if (tf.getKernel(kernelName, backendName) !== undefined) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: (call) => {
      const backend = call.backend as WasmBackend;
      const inputs = call.inputs as Inputs;
      const read = (name: string) => backend.typedArrayFromHeap(inputs[name] as tf.TensorInfo);
      const outputs = compute(read, shapeOfAttributes(call.attrs), inputs);
      return outputs.map(([values, shape]) => {
        const output = backend.makeOutput(shape, "float32");
        backend.typedArrayFromHeap(output).set(values);
        return output;
      });
    },
  });
}

/** The attributes that network/fused-kernels.ts gives: the numbers of a shape, by name. */
function shapeOfAttributes(attributes: Readonly<Record<string, unknown>> = {}): ConvNetShape {
  // The kernels check every number of a shape.
  return attributes as ConvNetShape;
}

function shapeOf(inputs: Inputs, name: string): readonly number[] {
  return (inputs[name] as tf.TensorInfo).shape;
}
