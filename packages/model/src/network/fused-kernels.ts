/**
 * Kernels of our own that compute a whole pass of a ConvNet at once, where the current backend has them. Inputs and
 * outputs have the shapes of passes.ts.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { ConvNetSpec, NetworkSpec } from "@tributary/protocol";
import { firstPadding } from "./layout.ts";

/**
 * The name that a kernel is registered under with TensorFlow.js. Outputs: ConvNetLogits logits; ConvNetGradient loss,
 * gradient and logits; ConvNetTangent slope, theta, images and labels.
 */
export type FusedKernel = "ConvNetLogits" | "ConvNetGradient" | "ConvNetTangent";

/**
 * The kernel's outputs, which the caller owns; null where the current backend has no kernel of that name, and where the
 * network is not a ConvNet. `inputs` are by name: theta, direction, images and labels, as far as the kernel takes them.
 */
export function runFused(
  name: FusedKernel,
  spec: NetworkSpec,
  inputs: Readonly<Record<string, tf.Tensor>>,
): readonly tf.Tensor[] | null {
  if (spec.kind !== "convnet" || tf.getKernel(name, tf.getBackend()) === undefined) return null;
  const outputs = tf.engine().runKernel(name, inputs, shapeAttributes(spec)) as tf.Tensor | tf.Tensor[];
  return Array.isArray(outputs) ? outputs : [outputs];
}

function shapeAttributes(spec: ConvNetSpec) {
  const [height, width, channels] = spec.image;
  const { width: filters, depth, classes } = spec;
  return { height, width, channels, filters, depth, classes, firstPadding: firstPadding(spec) };
}
