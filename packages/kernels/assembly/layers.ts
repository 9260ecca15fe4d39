/**
 * Where everything lies in linear memory. Channels are padded with zeros to a multiple of 8: a padded channel stays
 * exactly 0 through every step, forward and backward.
 */

import { layer } from "./layer";

/** Pixels whose packed values stay in the first-level cache; see kernel-gradient.ts. */
export const CHUNK: i32 = 256;

/** Pages of 64 KiB that a memory can have. */
const MAX_PAGES: i64 = 65536;

/** Instance norm's epsilon. */
export const EPSILON: f32 = 1e-5;

/** The network. */
export let imageHeight: i32 = 0;
export let imageWidth: i32 = 0;
export let imageChannels: i32 = 0;
export let filters: i32 = 0;
/** Filters, padded to a multiple of 8. */
export let lanes: i32 = 0;
export let depth: i32 = 0;
export let classes: i32 = 0;
export let padding: i32 = 0;
/** Inputs of one pixel of the first block, 9 for each channel, padded to a multiple of 12, and of 8. */
export let columns: i32 = 0;
export let columnsBack: i32 = 0;
/** Features of the dense layer, with and without padding. */
export let features: i32 = 0;
export let trueFeatures: i32 = 0;

/** The inputs that the host writes and the results that it reads. */
export let thetaSize: i32 = 0;
export let theta: usize = 0;
export let direction: usize = 0;
export let image: usize = 0;
export let labels: usize = 0;
export let logits: usize = 0;
/** Gradients summed over images, in the packed layout, and their number of floats. */
export let gradient: usize = 0;
export let gradientSize: i32 = 0;
/** A gradient in theta's layout, and another that `accumulate` adds to it. */
export let unpacked: usize = 0;
export let addend: usize = 0;
export let imageGradient: usize = 0;
export let labelGradient: usize = 0;

/** Values of the image under way. */
export let paddedImage: usize = 0;
export let pooled: usize = 0;
export let pooledT: usize = 0;
export let dFeatures: usize = 0;
export let dFeaturesT: usize = 0;
export let dense: usize = 0;
export let denseT: usize = 0;
export let denseBias: usize = 0;
export let denseBiasT: usize = 0;
export let denseGradient: usize = 0;
export let denseBiasGradient: usize = 0;
export let logitsT: usize = 0;
export let probabilities: usize = 0;
export let dLogits: usize = 0;
export let dLogitsT: usize = 0;
export let dColumns: usize = 0;
/** A chunk of pixels for kernel-gradient.ts. */
export let packedInputs: usize = 0;
export let packedOutputs: usize = 0;
export let dInput: usize = 0;
export let dInputT: usize = 0;

/** Where the layout ends. It lies beyond the 4 GiB that a memory can have where the network is too large. */
let end: i64 = 0;

/** Takes room for `floats` values, from the next multiple of 64 bytes on. */
function take(floats: i64): usize {
  const start = (end + 63) & ~63;
  end = start + floats * 4;
  return <usize>start;
}

/** Values of an image of the given sides. */
function area(height: i32, width: i32, channels: i32): i64 {
  return <i64>height * width * channels;
}

function roundUp(value: i32, unit: i32): i32 {
  return ((value + unit - 1) / unit) * unit;
}

/** Lays out a network, with room for its tangents where `tangents`. Returns false where memory does not suffice. */
export function layOut(
  height: i32,
  width: i32,
  channels: i32,
  filterCount: i32,
  blocks: i32,
  classCount: i32,
  firstPadding: i32,
  tangents: bool,
): bool {
  imageHeight = height;
  imageWidth = width;
  imageChannels = channels;
  filters = filterCount;
  lanes = roundUp(filterCount, 8);
  depth = blocks;
  classes = classCount;
  padding = firstPadding;
  columns = roundUp(9 * channels, 12);
  columnsBack = roundUp(9 * channels, 8);
  end = __heap_base;
  layOutParameters(tangents);
  layOutImages(tangents);
  // Tiles read up to one tile beyond a row of inputs.
  const pages = (end + 4096 + 65535) >> 16;
  if (pages > MAX_PAGES) return false;
  const missing = <i32>pages - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return false;
  memory.fill(__heap_base, 0, <usize>end - __heap_base);
  return true;
}

function layOutParameters(tangents: bool): void {
  let height = imageHeight + 2 * padding - 2;
  let width = imageWidth + 2 * padding - 2;
  let size: i64 = 0;
  gradient = take(0);
  for (let block = 0; block < depth; block++) {
    const l = layer(block);
    const first = block === 0;
    l.height = height;
    l.width = width;
    l.channels = first ? imageChannels : filters;
    l.segments = first ? 1 : 3;
    l.length = first ? columns : 3 * lanes;
    l.pixel = (first ? columns : lanes) * 4;
    l.row = first ? width * l.pixel : (width + 2) * l.pixel;
    l.dyRow = (first ? width : width + 2) * lanes * 4;
    l.dyInset = first ? 0 : l.dyRow + lanes * 4;
    height /= 2;
    width /= 2;
    const last = block === depth - 1;
    l.pooledRow = (last ? width : width + 2) * lanes * 4;
    l.pooledInset = last ? 0 : l.pooledRow + lanes * 4;
    l.gradient = take(area(l.segments, l.length, lanes));
    l.scaleGradient = take(lanes);
    l.offsetGradient = take(lanes);
    size += area(9, l.channels, filters) + 3 * filters;
  }
  features = height * width * lanes;
  trueFeatures = height * width * filters;
  const weights = area(height, width, lanes) * classes;
  denseGradient = take(weights);
  denseBiasGradient = take(classes);
  gradientSize = <i32>((end - gradient) >> 2);
  size += area(height, width, filters) * classes + classes;
  thetaSize = <i32>size;

  theta = take(size);
  unpacked = take(size);
  addend = take(size);
  for (let block = 0; block < depth; block++) layOutWeights(block, tangents);
  dense = take(weights);
  denseBias = take(classes);
  if (tangents) {
    direction = take(size);
    denseT = take(weights);
    denseBiasT = take(classes);
  }
}

function layOutWeights(block: i32, tangents: bool): void {
  const l = layer(block);
  const forward = area(l.segments, l.length, lanes);
  const backward = area(1, block === 0 ? columnsBack : 9 * lanes, lanes);
  l.weights = take(forward);
  l.weightsBack = take(backward);
  l.scale = take(lanes);
  l.offset = take(lanes);
  if (tangents) {
    l.weightsT = take(forward);
    l.weightsBackT = take(backward);
    l.scaleT = take(lanes);
    l.offsetT = take(lanes);
  }
}

function layOutImages(tangents: bool): void {
  const pixels = area(imageHeight, imageWidth, imageChannels);
  const padded = area(imageHeight + 2 * padding, imageWidth + 2 * padding, imageChannels);
  image = take(pixels);
  imageGradient = take(tangents ? pixels : 0);
  paddedImage = take(padded + 4);
  labels = take(classes);
  labelGradient = take(classes);
  logits = take(classes);
  logitsT = take(classes);
  probabilities = take(classes);
  dLogits = take(classes);
  dLogitsT = take(classes);
  const last = layer(depth - 1);
  const floats = area(last.height / 2, last.width / 2, lanes);
  dFeatures = take(floats);
  dFeaturesT = take(tangents ? floats : 0);
  layOutBlocks(tangents);
  const chunk = max(CHUNK, layer(0).width * (tangents ? 2 : 1)) + 2;
  packedInputs = take(area(1, chunk, 6));
  packedOutputs = take(area(1, chunk, lanes));
  // The gradient of a block's input is largest in the second block; the first block has its columns instead.
  const inner = depth > 1 ? area(layer(1).height, layer(1).width, lanes) : 0;
  dInput = take(inner);
  dInputT = take(tangents ? inner : 0);
  dColumns = take(tangents ? area(layer(0).height, layer(0).width, columnsBack) : 0);
}

/** Activations and their gradients: a block writes its pooled output where the next one reads it. */
function layOutBlocks(tangents: bool): void {
  let xT: usize = 0;
  let x = take(area(layer(0).height, layer(0).width, columns));
  for (let block = 0; block < depth; block++) {
    const l = layer(block);
    const outputs = area(l.height, l.width, lanes);
    // With a border of zeros where dyInset and pooledInset leave room for one.
    const dyBorder = block === 0 ? 0 : 2;
    const pooledBorder = block === depth - 1 ? 0 : 2;
    const dyArea = area(l.height + dyBorder, l.width + dyBorder, lanes);
    const pooledArea = area(l.height / 2 + pooledBorder, l.width / 2 + pooledBorder, lanes);
    l.x = x;
    l.y = take(outputs);
    l.deviation = take(lanes);
    l.dy = take(dyArea);
    x = take(pooledArea);
    if (!tangents) continue;
    l.xT = xT;
    l.yT = take(outputs);
    l.deviationT = take(lanes);
    l.dyT = take(dyArea);
    xT = take(pooledArea);
  }
  pooled = x;
  pooledT = xT;
}
