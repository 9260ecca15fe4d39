/**
 * The ConvNet's loss, its gradient, and the derivative of all its gradients along a direction in theta, from first-order
 * operations: the forward pass and the hand-written reverse pass, each with its derivative beside it (forward mode over
 * reverse mode). Blocks of convolution, instance norm, ReLU, 2 x 2 average pool; then one dense layer. The
 * convolutions' biases take no part: the norm that follows removes whatever is the same for all pixels, so that they
 * change no output and their gradient is exactly zero.
 * Legend: N images, H x W pixels, C channels, K classes, P parameters; `dot` marks the derivative along the direction,
 * `bar` the gradient.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { ConvNetSpec } from "@tributary/protocol";
import { convolve, kernelGradient, turned } from "../tensor/convolution.ts";
import { tidied } from "../tensor/tidied.ts";
import { crossEntropy, crossEntropyTangent } from "./cross-entropy.ts";
import type { Gradient, Tangent } from "./derivatives.ts";
import { firstPadding } from "./layout.ts";
import {
  type NormPool,
  type NormPoolTangent,
  normPool,
  normPoolAdjoint,
  normPoolAdjointTangent,
  normPoolTangent,
} from "./norm-pool.ts";
import { joinParameters, type NamedTensors, splitParameters } from "./parameters.ts";

type Block = {
  readonly input: tf.Tensor4D;
  readonly kernel: tf.Tensor4D;
  readonly scale: tf.Tensor1D;
  readonly norm: NormPool;
};
/** The input's derivative is null where it is zero: in the first block. */
type BlockTangent = {
  readonly input: tf.Tensor4D | null;
  readonly kernel: tf.Tensor4D;
  readonly scale: tf.Tensor1D;
  readonly norm: NormPoolTangent;
};

/** Logits [N, K] of images [N, H, W, C]. */
export function convNetLogits(spec: ConvNetSpec, theta: tf.Tensor1D, images: tf.Tensor4D): tf.Tensor2D {
  const parameter = splitParameters(spec, theta);
  let x = widened(spec, images);
  for (let at = 0; at < spec.depth; at++) x = tf.tidy(() => block(parameter, at, x).norm.pooled);
  return logitsOf(parameter, flattened(x));
}

export function convNetGradient(
  spec: ConvNetSpec,
  theta: tf.Tensor1D,
  images: tf.Tensor4D,
  labels: tf.Tensor2D,
): Gradient {
  const parameter = splitParameters(spec, theta);
  const blocks = blocksOf(spec, parameter, images);
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
  for (const [at, { input, kernel, scale, norm }] of [...blocks.entries()].reverse()) {
    const { xBar, ...bar } = tidied(() => {
      const adjoint = normPoolAdjoint(norm, scale, pooledBar);
      return {
        kernel: kernelGradient(input, adjoint.u),
        scale: adjoint.scale,
        offset: adjoint.offset,
        xBar: at === 0 ? null : convolve(adjoint.u, turned(kernel)),
      };
    });
    recordBars(bars, at, bar);
    tf.dispose([pooledBar, norm, input]);
    if (xBar !== null) pooledBar = xBar;
  }
  return { loss, gradient: joinParameters(spec, bars), logits };
}

export function convNetTangent(
  spec: ConvNetSpec,
  theta: tf.Tensor1D,
  direction: tf.Tensor1D,
  images: tf.Tensor4D,
  labels: tf.Tensor2D,
): Tangent {
  const parameter = splitParameters(spec, theta);
  const dot = splitParameters(spec, direction);
  const blocks = blocksOf(spec, parameter, images);
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
    images: narrowed(spec, pooledBarDot),
    labels: end.labels,
  };
}

/** The dense layer and the loss: slope, the derivatives of their gradients, and the pooled features' gradient. */
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

/** The input's gradient (null in the first block, where none needs it), and the derivatives of all gradients. */
function blockAdjointTangent(
  { input, kernel, scale, norm }: Block,
  tangent: BlockTangent,
  pooledBar: tf.Tensor4D,
  pooledBarDot: tf.Tensor4D,
) {
  return tidied(() => {
    const adjoint = normPoolAdjoint(norm, scale, pooledBar);
    const barDot = normPoolAdjointTangent(norm, adjoint, tangent.norm, scale, tangent.scale, pooledBarDot);
    const [back, backDot] = [turned(kernel), turned(tangent.kernel)];
    const fromInput = kernelGradient(input, barDot.u);
    return {
      kernel:
        tangent.input === null ? fromInput : tf.add(fromInput, kernelGradient(tangent.input, adjoint.u)),
      scale: barDot.scale,
      offset: barDot.offset,
      xBar: tangent.input === null ? null : convolve(adjoint.u, back),
      xBarDot: tf.add(convolve(barDot.u, back), convolve(adjoint.u, backDot)) as tf.Tensor4D,
    };
  });
}

function blocksOf(spec: ConvNetSpec, parameter: NamedTensors, images: tf.Tensor4D): readonly Block[] {
  let x = widened(spec, images);
  return Array.from({ length: spec.depth }, (_, at) => {
    const result = block(parameter, at, x);
    x = result.norm.pooled;
    return result;
  });
}

function block(parameter: NamedTensors, at: number, input: tf.Tensor4D): Block {
  const kernel = parameter<tf.Tensor4D>(`conv${at}/kernel`);
  const scale = parameter<tf.Tensor1D>(`norm${at}/scale`);
  const norm = tidied(() => normPool(convolve(input, kernel), scale, parameter(`norm${at}/offset`)));
  return { input, kernel, scale, norm };
}

function tangentsOf(blocks: readonly Block[], dot: NamedTensors): readonly BlockTangent[] {
  let inputDot: tf.Tensor4D | null = null;
  return blocks.map((block, at) => {
    const before = inputDot;
    const kernel = dot<tf.Tensor4D>(`conv${at}/kernel`);
    const scale = dot<tf.Tensor1D>(`norm${at}/scale`);
    const norm = tidied(() => {
      const fromKernel = convolve(block.input, kernel);
      const uDot =
        before === null ? fromKernel : (tf.add(fromKernel, convolve(before, block.kernel)) as tf.Tensor4D);
      return normPoolTangent(block.norm, block.scale, uDot, scale, dot(`norm${at}/offset`));
    });
    inputDot = norm.pooled;
    return { input: before, kernel, scale, norm };
  });
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

/** Zeros around the images, where the first padding is wider than the convolutions' own of 1. */
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
