/**
 * The blocks of the ConvNet, convolution, instance norm, ReLU and 2 x 2 average pool: their values, the values'
 * derivatives along a direction in theta, their adjoints, and the derivatives of the adjoints. The caller owns every
 * result.
 * Legend: N images, H x W pixels, C channels in, D channels out; `dot` marks the derivative along the direction,
 * `bar` the gradient.
 */
import * as tf from "@tensorflow/tfjs-core";
import { convolve, kernelGradient, turned } from "../tensor/convolution.ts";
import { tidied } from "../tensor/tidied.ts";
import {
  type NormPool,
  type NormPoolTangent,
  normPool,
  normPoolAdjoint,
  normPoolAdjointTangent,
  normPoolTangent,
} from "./norm-pool.ts";
import type { NamedTensors } from "./parameters.ts";

/** A block's input and parameters, and the values of its second half. */
export type Block = {
  /** x, [N, H, W, C] */
  readonly input: tf.Tensor4D;
  /** [3, 3, C, D] */
  readonly kernel: tf.Tensor4D;
  /** [D] */
  readonly scale: tf.Tensor1D;
  readonly norm: NormPool;
};

/** The block's values along the direction. `input` is null in the first block, where it is zero. */
export type BlockTangent = {
  readonly input: tf.Tensor4D | null;
  readonly kernel: tf.Tensor4D;
  readonly scale: tf.Tensor1D;
  readonly norm: NormPoolTangent;
};

/** All blocks of a network, for x [N, H, W, C] with the first padding around it. */
export function blocksOf(parameter: NamedTensors, depth: number, input: tf.Tensor4D): readonly Block[] {
  let x = input;
  return Array.from({ length: depth }, (_, at) => {
    const result = blockOf(parameter, at, x);
    x = result.norm.pooled;
    return result;
  });
}

/** Block number `at`, from 0. */
export function blockOf(parameter: NamedTensors, at: number, input: tf.Tensor4D): Block {
  const kernel = parameter<tf.Tensor4D>(`conv${at}/kernel`);
  const scale = parameter<tf.Tensor1D>(`norm${at}/scale`);
  const norm = tidied(() => normPool(convolve(input, kernel), scale, parameter(`norm${at}/offset`)));
  return { input, kernel, scale, norm };
}

/** The derivatives of the blocks' values; `dot` finds the direction's tensors. The images do not depend on theta. */
export function tangentsOf(blocks: readonly Block[], dot: NamedTensors): readonly BlockTangent[] {
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

/**
 * The gradients of a block for pooledBar [N, H/2, W/2, D]. `xBar`, the gradient in its input, is null in the first
 * block, where nothing needs it.
 */
export function blockAdjoint(
  { input, kernel, scale, norm }: Block,
  pooledBar: tf.Tensor4D,
  isFirst: boolean,
) {
  return tidied(() => {
    const adjoint = normPoolAdjoint(norm, scale, pooledBar);
    return {
      kernel: kernelGradient(input, adjoint.u),
      scale: adjoint.scale,
      offset: adjoint.offset,
      xBar: isFirst ? null : convolve(adjoint.u, turned(kernel)),
    };
  });
}

/**
 * The derivatives of a block's gradients, for pooledBar and its derivative. `xBar`, the gradient in its input, is
 * null in the first block, where nothing needs it.
 */
export function blockAdjointTangent(
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
