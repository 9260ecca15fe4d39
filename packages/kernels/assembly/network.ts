/**
 * The functions that the host calls, one image at a time; src/instance.ts describes them. A prime in formulas and a T
 * in names mark the derivative along the direction.
 */
import { fromColumns, toColumns } from "./columns";
import { convolve } from "./convolve";
import {
  classify,
  classifyGradient,
  classifyGradientTangent,
  classifyTangent,
  crossEntropy,
  crossEntropyTangent,
} from "./head";
import { addKernelGradient } from "./kernel-gradient";
import { Layer, layer } from "./layer";
import * as memoryLayout from "./layers";
import {
  columnsBack,
  dColumns,
  depth,
  dFeatures,
  dFeaturesT,
  dInput,
  dInputT,
  gradient,
  gradientSize,
  lanes,
  pooled,
  pooledT,
} from "./layers";
import { normalize, normalizeTangent } from "./normalize";
import { normalizeGradient, normalizeGradientTangent } from "./normalize-gradient";

export { layOut } from "./layers";
export { pack, unpack } from "./pack";

// Places of inputs and results, in bytes.

export function thetaAt(): usize {
  return memoryLayout.theta;
}
export function directionAt(): usize {
  return memoryLayout.direction;
}
export function imageAt(): usize {
  return memoryLayout.image;
}
export function labelsAt(): usize {
  return memoryLayout.labels;
}
export function logitsAt(): usize {
  return memoryLayout.logits;
}
export function unpackedAt(): usize {
  return memoryLayout.unpacked;
}
export function imageGradientAt(): usize {
  return memoryLayout.imageGradient;
}
export function labelGradientAt(): usize {
  return memoryLayout.labelGradient;
}

export function addendAt(): usize {
  return memoryLayout.addend;
}

/** Adds the gradient at `addend` to the one at `unpacked`, both in theta's layout. */
export function accumulate(): void {
  const apart = memoryLayout.addend - memoryLayout.unpacked;
  const end = memoryLayout.unpacked + memoryLayout.thetaSize * 4;
  for (let p = memoryLayout.unpacked; p < end; p += 16) {
    v128.store(p, f32x4.add(v128.load(p), v128.load(p + apart)));
  }
}

/** Sets the summed gradient to zero. */
export function clearGradient(): void {
  memory.fill(gradient, 0, gradientSize * 4);
}

/** Computes the logits of the image. */
export function forward(): void {
  toColumns();
  for (let block = 0; block < depth; block++) {
    const l = layer(block);
    convolve(l.x, l.weights, 0, 0, l.segments, l.length, l.pixel, l.row, l.height, l.width, lanes, l.y);
    normalize(l, pooledOf(block));
  }
  classify();
}

/** Adds `share` times the image's gradient to the sum. Returns its loss, without `share`. */
export function addGradient(share: f64): f64 {
  forward();
  const loss = crossEntropy(share);
  classifyGradient();
  let dPooled = dFeatures;
  for (let block = depth - 1; block >= 0; block--) {
    const l = layer(block);
    normalizeGradient(l, dPooled);
    addOuter(l, l.x, l.dy + l.dyInset, 0, 0);
    if (block === 0) break;
    convolveBack(l, l.dy, l.weightsBack, 0, 0, dInput);
    dPooled = dInput;
  }
  return loss;
}

/**
 * Adds `share` times the derivative of the image's gradient along the direction to the sum, and sets, times `share`,
 * the gradients of the slope in image and labels. Returns the slope, the loss's derivative along the direction,
 * without `share`.
 */
export function addTangent(share: f64): f64 {
  forward();
  forwardTangent();
  crossEntropy(share);
  const slope = crossEntropyTangent(share);
  classifyGradientTangent();
  let dPooled = dFeatures;
  let dPooledT = dFeaturesT;
  for (let block = depth - 1; block >= 0; block--) {
    const l = layer(block);
    normalizeGradientTangent(l, dPooled, dPooledT);
    const dy = l.dy + l.dyInset;
    const dyT = l.dyT + l.dyInset;
    if (block === 0) break;
    addOuter(l, l.x, dyT, l.xT, dy);
    convolveBack(l, l.dy, l.weightsBack, 0, 0, dInput);
    convolveBack(l, l.dyT, l.weightsBack, l.dy, l.weightsBackT, dInputT);
    dPooled = dInput;
    dPooledT = dInputT;
  }
  const first = layer(0);
  addOuter(first, first.x, first.dyT, 0, 0);
  const pixel = lanes * 4;
  convolve(
    first.dyT,
    first.weightsBack,
    first.dy,
    first.weightsBackT,
    1,
    lanes,
    pixel,
    first.dyRow,
    first.height,
    first.width,
    columnsBack,
    dColumns,
  );
  fromColumns();
  return slope;
}

/** y' = x * w' + x' * w; the image does not depend on theta, so x' is 0 in the first block. */
function forwardTangent(): void {
  for (let block = 0; block < depth; block++) {
    const l = layer(block);
    const xT: usize = block === 0 ? 0 : l.xT;
    convolve(
      l.x,
      l.weightsT,
      xT,
      l.weights,
      l.segments,
      l.length,
      l.pixel,
      l.row,
      l.height,
      l.width,
      lanes,
      l.yT,
    );
    normalizeTangent(l, block === depth - 1 ? pooledT : layer(block + 1).xT);
  }
  classifyTangent();
}

function pooledOf(block: i32): usize {
  return block === depth - 1 ? pooled : layer(block + 1).x;
}

function addOuter(l: Layer, x: usize, dy: usize, x2: usize, dy2: usize): void {
  addKernelGradient(
    x,
    dy,
    x2,
    dy2,
    l.segments,
    l.length,
    l.pixel,
    l.row,
    l.dyRow,
    l.height,
    l.width,
    lanes,
    l.gradient,
  );
}

/** dx = dy * the transposed, reversed kernel: over the padded dy, a convolution like the forward one. */
function convolveBack(l: Layer, dy: usize, w: usize, dy2: usize, w2: usize, dx: usize): void {
  convolve(dy, w, dy2, w2, 3, 3 * lanes, lanes * 4, l.dyRow, l.height, l.width, lanes, dx);
}
