/**
 * The ConvNet's loss, its gradient, and the derivative of all its gradients along a direction in theta, from
 * first-order operations: the forward pass and a reverse pass written by hand, each with its derivative beside it
 * (forward mode over reverse mode). The network is blocks of convolution, instance norm, ReLU and 2 x 2 average pool,
 * then one dense layer. The convolutions' biases have no effect: the norm that follows removes whatever is the same
 * for all pixels, so their gradient is exactly zero.
 * Legend: N images, H x W pixels, C channels, K classes, P parameters; `dot` marks the derivative along the
 * direction, `bar` the gradient.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { ConvNetSpec } from "@tributary/protocol";
import {
  type Block,
  type BlockTangent,
  blockAdjoint,
  blockAdjointTangent,
  blockOf,
  blocksOf,
  tangentsOf,
} from "./convnet-blocks.ts";
import { crossEntropy, crossEntropyTangent } from "./cross-entropy.ts";
import type { Gradient, Tangent } from "./derivatives.ts";
import { firstPadding } from "./layout.ts";
import { joinParameters, type NamedTensors, splitParameters } from "./parameters.ts";

/** Logits [N, K] of images [N, H, W, C], for theta [P]. Call it inside a `tf.tidy`. */
export function convNetLogits(spec: ConvNetSpec, theta: tf.Tensor1D, images: tf.Tensor4D): tf.Tensor2D {
  const parameter = splitParameters(spec, theta);
  let x = widened(spec, images);
  for (let at = 0; at < spec.depth; at++) x = tf.tidy(() => blockOf(parameter, at, x).norm.pooled);
  return logitsOf(parameter, flattened(x));
}

/**
 * Loss, its gradient in theta, and logits, for images [N, H, W, C] and labels [N, K]. Call it inside a `tf.tidy`: it
 * leaves tensors beside its result.
 */
export function convNetGradient(
  spec: ConvNetSpec,
  theta: tf.Tensor1D,
  images: tf.Tensor4D,
  labels: tf.Tensor2D,
): Gradient {
  const parameter = splitParameters(spec, theta);
  const blocks = blocksOf(parameter, spec.depth, widened(spec, images));
  const last = (blocks.at(-1) as Block).norm.pooled;
  const features = flattened(last);
  const logits = logitsOf(parameter, features);
  const { loss, logits: logitsBar } = crossEntropy(logits, labels);
  const bars: Record<string, tf.Tensor> = {
    "dense/kernel": tf.matMul(features, logitsBar, true, false),
    "dense/bias": tf.sum(logitsBar, 0),
  };
  let pooledBar: tf.Tensor4D = tf.reshape(
    tf.matMul(logitsBar, parameter<tf.Tensor2D>("dense/kernel"), false, true),
    last.shape,
  );
  for (const [at, block] of [...blocks.entries()].reverse()) {
    const { xBar, ...bar } = blockAdjoint(block, pooledBar, at === 0);
    recordBars(bars, at, bar);
    tf.dispose([pooledBar, block.norm, block.input]);
    if (xBar !== null) pooledBar = xBar;
  }
  return { loss, gradient: joinParameters(spec, bars), logits };
}

/**
 * Slope, and its gradients in theta, images and labels; see `gradientTangent` in passes.ts. Call it inside a
 * `tf.tidy`: it leaves tensors beside its result.
 */
export function convNetTangent(
  spec: ConvNetSpec,
  theta: tf.Tensor1D,
  direction: tf.Tensor1D,
  images: tf.Tensor4D,
  labels: tf.Tensor2D,
): Tangent {
  const parameter = splitParameters(spec, theta);
  const dot = splitParameters(spec, direction);
  const blocks = blocksOf(parameter, spec.depth, widened(spec, images));
  const tangents = tangentsOf(blocks, dot);
  const last = (blocks.at(-1) as Block).norm.pooled;
  const lastDot = (tangents.at(-1) as BlockTangent).norm.pooled;
  const end = endTangent(parameter, dot, last, lastDot, labels);
  const bars: Record<string, tf.Tensor> = { "dense/kernel": end.kernel, "dense/bias": end.bias };
  let { pooledBar, pooledBarDot } = end;
  for (const [at, block] of [...blocks.entries()].reverse()) {
    const tangent = tangents[at] as BlockTangent;
    const { xBar, xBarDot, ...bar } = blockAdjointTangent(block, tangent, pooledBar, pooledBarDot);
    recordBars(bars, at, bar);
    tf.dispose([pooledBar, pooledBarDot, block.norm, tangent.norm, block.input]);
    tangent.input?.dispose();
    if (xBar !== null) pooledBar = xBar;
    pooledBarDot = xBarDot;
  }
  return {
    slope: end.slope,
    theta: joinParameters(spec, bars),
    inputs: narrowed(spec, pooledBarDot),
    labels: end.labels,
  };
}

/** The dense layer and the loss: the slope, the gradient in the pooled features, and the gradients' derivatives. */
function endTangent(
  parameter: NamedTensors,
  dot: NamedTensors,
  pooled: tf.Tensor4D,
  pooledDot: tf.Tensor4D,
  labels: tf.Tensor2D,
) {
  const [features, featuresDot] = [flattened(pooled), flattened(pooledDot)];
  const dense = parameter<tf.Tensor2D>("dense/kernel");
  const denseDot = dot<tf.Tensor2D>("dense/kernel");
  const loss = crossEntropy(logitsOf(parameter, features), labels);
  const logitsDot = tf.add(logitsOf(dot, features), tf.matMul(featuresDot, dense)) as tf.Tensor2D;
  const end = crossEntropyTangent(loss, logitsDot);
  const featuresBarDot = tf.add(
    tf.matMul(end.logits, dense, false, true),
    tf.matMul(loss.logits, denseDot, false, true),
  );
  return {
    slope: end.slope,
    labels: end.labels,
    kernel: tf.add(
      tf.matMul(featuresDot, loss.logits, true, false),
      tf.matMul(features, end.logits, true, false),
    ),
    bias: tf.sum(end.logits, 0),
    pooledBar: tf.reshape<tf.Rank.R4>(tf.matMul(loss.logits, dense, false, true), pooled.shape),
    pooledBarDot: tf.reshape<tf.Rank.R4>(featuresBarDot, pooled.shape),
  };
}

function recordBars(
  bars: Record<string, tf.Tensor>,
  at: number,
  bar: { readonly kernel: tf.Tensor; readonly scale: tf.Tensor; readonly offset: tf.Tensor },
): void {
  bars[`conv${at}/kernel`] = bar.kernel;
  bars[`norm${at}/scale`] = bar.scale;
  bars[`norm${at}/offset`] = bar.offset;
}

function logitsOf(parameter: NamedTensors, features: tf.Tensor2D): tf.Tensor2D {
  return tf.add(tf.matMul(features, parameter<tf.Tensor2D>("dense/kernel")), parameter("dense/bias"));
}

/** [N, H, W, C] -> [N, H W C] */
function flattened(x: tf.Tensor4D): tf.Tensor2D {
  return tf.reshape(x, [x.shape[0], -1]);
}

/** Puts zeros around the images where the first padding is wider than the convolutions' own of 1. */
function widened(spec: ConvNetSpec, images: tf.Tensor4D): tf.Tensor4D {
  const extra = firstPadding(spec) - 1;
  if (extra === 0) return tf.clone(images);
  return tf.pad4d(images, [
    [0, 0],
    [extra, extra],
    [extra, extra],
    [0, 0],
  ]);
}

/** Adjoint of `widened`. */
function narrowed(spec: ConvNetSpec, wide: tf.Tensor4D): tf.Tensor4D {
  const extra = firstPadding(spec) - 1;
  if (extra === 0) return wide;
  return tf.slice(wide, [0, extra, extra, 0], [wide.shape[0], ...spec.image]);
}
