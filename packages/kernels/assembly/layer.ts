/**
 * What one block needs to know: its sides, and where its values lie. A block is convolution, instance norm, ReLU and
 * 2 x 2 average pool. Places and distances are in bytes.
 */
@unmanaged
export class Layer {
  /** Output of the convolution, in pixels. */
  height: i32;
  width: i32;
  /** Input channels, without padding. */
  channels: i32;
  /** Inputs of one output pixel: `segments` runs of `length` floats, `row` apart; pixels are `pixel` apart. */
  segments: i32;
  length: i32;
  pixel: i32;
  row: i32;
  /**
   * Distance of the rows of `dy`, and its bytes before the first pixel: it has a border of zeros, except in block 0.
   */
  dyRow: i32;
  dyInset: i32;
  /** The same of the pooled output, which has the border that the next block needs. */
  pooledRow: i32;
  pooledInset: i32;

  /** The inputs. */
  x: usize;
  /** The convolution's output, then its normalised values in place. */
  y: usize;
  /** 1 / standard deviation of each channel. */
  deviation: usize;
  /** The gradient in the convolution's output. */
  dy: usize;
  /** The kernel as the forward and the backward convolution read it. */
  weights: usize;
  weightsBack: usize;
  scale: usize;
  offset: usize;

  /** The derivatives of the values above along the direction. */
  xT: usize;
  yT: usize;
  deviationT: usize;
  dyT: usize;
  weightsT: usize;
  weightsBackT: usize;
  scaleT: usize;
  offsetT: usize;

  /** Gradients summed over images, in the packed layout. */
  gradient: usize;
  scaleGradient: usize;
  offsetGradient: usize;
}

const MAX_DEPTH: i32 = 16;
const table = memory.data(MAX_DEPTH * offsetof<Layer>());

/** The block of that number, from 0. */
export function layer(block: i32): Layer {
  return changetype<Layer>(table + block * offsetof<Layer>());
}
