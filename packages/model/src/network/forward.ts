/**
 * Both networks as pure functions of one flat parameter vector. Everything here is right at second order.
 * Legend: N images, H x W pixels, C channels, K classes, P parameters.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { ConvNetSpec, NetworkSpec } from "@tributary/protocol";
import { convolve } from "../tensor/convolution.ts";
import { instanceNorm } from "../tensor/instance-norm.ts";
import { averagePool } from "../tensor/pooling.ts";
import { firstPadding, layoutOf } from "./layout.ts";

/** Logits [N, K] of `images` [N, H, W, C] under the parameters `theta` [P]. */
export function forward(spec: NetworkSpec, theta: tf.Tensor1D, images: tf.Tensor4D): tf.Tensor2D {
  return tf.tidy(() => {
    const parameters = namedParameters(spec, theta);
    return spec.kind === "convnet"
      ? convNet(spec, parameters, images)
      : mlp(spec.hidden.length, parameters, images);
  });
}

type NamedParameters = <T extends tf.Tensor>(name: string) => T;

/** One split and reshapes: the gradient in theta is then a single concatenation. */
function namedParameters(spec: NetworkSpec, theta: tf.Tensor1D): NamedParameters {
  const layout = layoutOf(spec);
  const pieces = tf.split(
    theta,
    layout.map((entry) => entry.size),
  );
  const byName = new Map(
    layout.map((entry, i) => [entry.name, tf.reshape(pieces[i] as tf.Tensor, [...entry.shape])]),
  );
  return <T extends tf.Tensor>(name: string) => byName.get(name) as T;
}

/**
 * Blocks of convolution, instance norm, ReLU, 2 x 2 average pool; then one dense layer. The convolutions' biases take
 * no part: the norm that follows removes whatever is the same for all pixels, so that they change no output and their
 * gradient is exactly zero.
 */
function convNet(spec: ConvNetSpec, parameter: NamedParameters, images: tf.Tensor4D): tf.Tensor2D {
  let x = images;
  for (let block = 0; block < spec.depth; block++) {
    const padding = block === 0 ? firstPadding(spec) : 1;
    x = convolve(x, parameter(`conv${block}/kernel`), padding); // [N, H, W, width]
    x = instanceNorm(x, parameter(`norm${block}/scale`), parameter(`norm${block}/offset`));
    x = averagePool(tf.relu(x)); // [N, H/2, W/2, width]
  }
  const features = tf.reshape(x, [x.shape[0], -1]); // [N, H*W*width]
  return tf.add(tf.matMul(features, parameter<tf.Tensor2D>("dense/kernel")), parameter("dense/bias"));
}

function mlp(hiddenLayers: number, parameter: NamedParameters, images: tf.Tensor4D): tf.Tensor2D {
  let x: tf.Tensor2D = tf.reshape(images, [images.shape[0], -1]); // [N, H*W*C]
  for (let layer = 0; layer <= hiddenLayers; layer++) {
    x = tf.add(tf.matMul(x, parameter<tf.Tensor2D>(`dense${layer}/kernel`)), parameter(`dense${layer}/bias`));
    if (layer < hiddenLayers) x = tf.relu(x);
  }
  return x;
}
