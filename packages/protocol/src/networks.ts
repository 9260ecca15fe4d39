/** The networks that a run can train, and what their specs say of inputs, outputs and loss. Pure. */
import { type Static, Type } from "typebox";

const Count = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });

/** Image side and channels, NHWC order: [height, width, channels]. */
export const ImageShape = Type.Tuple([Count(4, 512), Count(4, 512), Count(1, 4)]);
export type ImageShape = Static<typeof ImageShape>;

/** One example as a network reads it: [features], or [height, width, channels]. */
export const InputShape = Type.Array(Count(1, 1_000_000), { minItems: 1, maxItems: 3 });
export type InputShape = Static<typeof InputShape>;

/**
 * `depth` blocks of 3 x 3 convolution with `width` channels, instance norm, ReLU and 2 x 2 average pooling, then a dense
 * layer to `classes`. Its loss is the cross-entropy.
 */
export const ConvNetSpec = Type.Object(
  {
    kind: Type.Literal("convnet"),
    image: ImageShape,
    classes: Count(2, 1000),
    width: Count(1, 512),
    depth: Count(1, 6),
  },
  { additionalProperties: false },
);
export type ConvNetSpec = Static<typeof ConvNetSpec>;

/**
 * What training makes small, as a mean over examples. Cross-entropy needs an output for each class; the squared error,
 * (z - y)^2 / 2 of a standardised target y, has one output z.
 */
export const LossKind = Type.Union([Type.Literal("cross-entropy"), Type.Literal("squared-error")]);
export type LossKind = Static<typeof LossKind>;

/** A perceptron over the flattened input: dense layers of `hidden` units with ReLU, then one to `outputs`. */
export const MlpSpec = Type.Object(
  {
    kind: Type.Literal("mlp"),
    input: InputShape,
    outputs: Count(1, 1000),
    loss: LossKind,
    hidden: Type.Array(Count(1, 4096), { maxItems: 8 }),
  },
  { additionalProperties: false },
);
export type MlpSpec = Static<typeof MlpSpec>;

/** The network that a run trains. */
export const NetworkSpec = Type.Union([ConvNetSpec, MlpSpec]);
export type NetworkSpec = Static<typeof NetworkSpec>;

/** The shape of one example: a ConvNet's image, an MLP's input. */
export function inputShapeOf(spec: NetworkSpec): readonly number[] {
  return spec.kind === "convnet" ? spec.image : spec.input;
}

/** The shape of the images that a network reads; null for one that reads rows of a table. */
export function imageShapeOf(spec: NetworkSpec): ImageShape | null {
  const [height, width, channels] = inputShapeOf(spec);
  if (height === undefined || width === undefined || channels === undefined) return null;
  return [height, width, channels];
}

/** The values of one example: the product of its shape. */
export function inputSizeOf(spec: NetworkSpec): number {
  return inputShapeOf(spec).reduce((product, side) => product * side, 1);
}

/** The length of the network's last layer: the classes, or 1 for a squared error. */
export function outputsOf(spec: NetworkSpec): number {
  return spec.kind === "convnet" ? spec.classes : spec.outputs;
}

/** The loss that the network is trained with. */
export function lossOf(spec: NetworkSpec): LossKind {
  return spec.kind === "convnet" ? "cross-entropy" : spec.loss;
}

/** The classes that the network tells apart. Throws for a network with a squared error, which has none. */
export function classesOf(spec: NetworkSpec): number {
  if (lossOf(spec) === "cross-entropy") return outputsOf(spec);
  throw new Error("expected a network with classes, got one with a squared error");
}
