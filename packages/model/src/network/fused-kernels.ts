/**
 * Kernels of our own that do a whole pass at once, where the current backend has them: ConvNetLogits (outputs logits),
 * ConvNetGradient (loss, gradient, logits) and ConvNetTangent (slope, theta, images, labels), in the shapes of passes.ts.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { ConvNetSpec, NetworkSpec } from "@tributary/protocol";
import { firstPadding } from "./layout.ts";

export type FusedKernel = "ConvNetLogits" | "ConvNetGradient" | "ConvNetTangent";

/** The kernel's outputs; null where the current backend has none of that name, or the network is no ConvNet. */
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
