/** One block: convolution, instance norm, ReLU, 2 x 2 average pool. All places are in bytes. */
@unmanaged
export class Layer {
  height: i32;
  width: i32;
  /** True input channels. */
  channels: i32;
  /** Inputs of one pixel: `segments` runs of `length` floats; see convolve.ts. */
  segments: i32;
  length: i32;
  pixel: i32;
  row: i32;
  /** Rows of `dy`, and the bytes before its first pixel: it has a border of zeros except in the first block. */
  dyRow: i32;
  dyInset: i32;
  /** Rows of the pooled output, and the bytes before its first pixel: padded for the next block. */
  pooledRow: i32;
  pooledInset: i32;

  x: usize;
  /** The convolution's output, normalised in place. */
  y: usize;
  /** 1 / standard deviation, by channel. */
  deviation: usize;
  dy: usize;
  weights: usize;
  weightsBack: usize;
  scale: usize;
  offset: usize;

  /** The same along the direction. */
  xT: usize;
  yT: usize;
  deviationT: usize;
  dyT: usize;
  weightsT: usize;
  weightsBackT: usize;
  scaleT: usize;
  offsetT: usize;

  /** Gradients, in the packed layout. */
  gradient: usize;
  scaleGradient: usize;
  offsetGradient: usize;
}

const MAX_DEPTH: i32 = 16;
const table = memory.data(MAX_DEPTH * offsetof<Layer>());

export function layer(block: i32): Layer {
  return changetype<Layer>(table + block * offsetof<Layer>());
}
