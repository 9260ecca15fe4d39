/**
 * Convolutions of the `tensorflow` backend whose padding is a number: @tensorflow/tfjs-node 4.22 refuses all but
 * `valid` and `same`, TensorFlow itself does not.
 */
import * as tf from "@tensorflow/tfjs-core";

type Attribute = { readonly name: string; readonly type: number; readonly value: unknown };

/** The part of @tensorflow/tfjs-node's backend that is used here. */
type NodeBackend = {
  readonly binding: Readonly<
    Record<"TF_ATTR_INT" | "TF_ATTR_STRING" | "TF_ATTR_BOOL" | "TF_ATTR_TYPE" | "TF_FLOAT", number>
  >;
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: tf.TensorInfo[]): tf.TensorInfo;
};

type Info = ReturnType<typeof tf.backend_util.computeConv2DInfo>;
type Inputs = Readonly<Record<"x" | "dy" | "filter", tf.TensorInfo>>;

/** One of TensorFlow's operations on NHWC images; `sizes` is a tensor that tells it its result's shape. */
type Operation = {
  readonly name: "Conv2D" | "Conv2DBackpropInput" | "Conv2DBackpropFilter";
  readonly shapes: (
    inputs: Inputs,
    attributes: tf.NamedAttrMap,
  ) => readonly [image: number[], kernel: number[]];
  readonly sizes: (info: Info) => readonly number[] | null;
  readonly order: (inputs: Inputs, sizes: tf.TensorInfo) => tf.TensorInfo[];
};

const operations: readonly Operation[] = [
  {
    name: "Conv2D",
    shapes: ({ x, filter }) => [x.shape, filter.shape],
    sizes: () => null,
    order: ({ x, filter }) => [x, filter],
  },
  {
    name: "Conv2DBackpropInput",
    shapes: ({ filter }, { inputShape }) => [inputShape as number[], filter.shape],
    sizes: ({ inShape }) => inShape,
    order: ({ filter, dy }, sizes) => [sizes, filter, dy],
  },
  {
    name: "Conv2DBackpropFilter",
    shapes: ({ x }, { filterShape }) => [x.shape, filterShape as number[]],
    sizes: ({ filterShape }) => filterShape,
    order: ({ x, dy }, sizes) => [x, sizes, dy],
  },
];

/** Puts kernels before those of @tensorflow/tfjs-node; calling it again is harmless. */
export function acceptNumericPadding(): void {
  for (const operation of operations) {
    const original = tf.getKernel(operation.name, "tensorflow");
    if (original === undefined || replacements.has(original)) continue;
    const replacement: tf.KernelConfig = {
      ...original,
      kernelFunc: (call) => {
        if (call.attrs === undefined || typeof call.attrs.pad !== "number") return original.kernelFunc(call);
        return convolve(operation, call.inputs as Inputs, call.attrs, call.backend as NodeBackend);
      },
    };
    replacements.add(replacement);
    tf.unregisterKernel(operation.name, "tensorflow");
    tf.registerKernel(replacement);
  }
}

const replacements = new WeakSet<tf.KernelConfig>();

function convolve(
  { name, shapes, sizes, order }: Operation,
  inputs: Inputs,
  attributes: tf.NamedAttrMap,
  backend: NodeBackend,
): tf.TensorInfo {
  const [image, kernel] = shapes(inputs, attributes);
  const info = tf.backend_util.computeConv2DInfo(
    image as [number, number, number, number],
    kernel as [number, number, number, number],
    attributes.strides as number,
    (attributes.dilations ?? 1) as number,
    attributes.pad as number,
  );
  const result = sizes(info);
  const size = result === null ? null : tf.tensor1d([...result], "int32");
  const output = backend.executeSingleOutput(
    name,
    operationAttributes(info, backend),
    order(inputs, size as tf.TensorInfo),
  );
  size?.dispose();
  return output;
}

function operationAttributes(info: Info, { binding }: NodeBackend): readonly Attribute[] {
  const { top, bottom, left, right } = info.padInfo;
  const numbers = (name: string, value: readonly number[]) => ({ name, type: binding.TF_ATTR_INT, value });
  return [
    { name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    numbers("strides", [1, info.strideHeight, info.strideWidth, 1]),
    { name: "padding", type: binding.TF_ATTR_STRING, value: "EXPLICIT" },
    numbers("explicit_paddings", [0, 0, top, bottom, left, right, 0, 0]),
    { name: "data_format", type: binding.TF_ATTR_STRING, value: "NHWC" },
    { name: "use_cudnn_on_gpu", type: binding.TF_ATTR_BOOL, value: true },
    numbers("dilations", [1, info.dilationHeight, info.dilationWidth, 1]),
  ];
}
