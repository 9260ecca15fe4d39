/**
 * Where everything lies in linear memory. Channels are padded with zeros to a multiple of 8: a padded channel stays
 * exactly 0 through every step, forward and backward.
 */

import { layer } from "./layer";

/** Pixels whose packed values stay in the first-level cache; see kernel-gradient.ts. */
export const CHUNK: i32 = 256;

/** Instance norm's epsilon. */
export const EPSILON: f32 = 1e-5;

/** The network. */
export let imageHeight: i32 = 0;
export let imageWidth: i32 = 0;
export let imageChannels: i32 = 0;
export let filters: i32 = 0;
/** Filters, with padding. */
export let lanes: i32 = 0;
export let depth: i32 = 0;
export let classes: i32 = 0;
export let padding: i32 = 0;
/** Floats of a column of the first block's inputs, and the same rounded up to 8. */
export let columns: i32 = 0;
export let columnsBack: i32 = 0;
/** Features of the dense layer, with and without padding. */
export let features: i32 = 0;
export let trueFeatures: i32 = 0;

/** What the host writes and reads. */
export let thetaSize: i32 = 0;
export let theta: usize = 0;
export let direction: usize = 0;
export let image: usize = 0;
export let labels: usize = 0;
export let logits: usize = 0;
/** Gradients summed over images, in the packed layout, and their number. */
export let gradient: usize = 0;
export let gradientSize: i32 = 0;
/** A gradient in theta's layout, and another to be added to it. */
export let unpacked: usize = 0;
export let addend: usize = 0;
export let imageGradient: usize = 0;
export let labelGradient: usize = 0;

/** Scratch. */
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

let end: usize = 0;

/** Takes `floats` zeros, from a multiple of 64 bytes on. */
function take(floats: i32): usize {
  const start = (end + 63) & ~(<usize>63);
  end = start + <usize>floats * 4;
  return start;
}

function roundUp(value: i32, unit: i32): i32 {
  return ((value + unit - 1) / unit) * unit;
}

/** Lays out a network; with room for tangents where asked. False where there is not enough memory. */
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
  const total = end + 4096;
  const pages = <i32>((total + 65535) >>> 16);
  if (pages > memory.size() && memory.grow(pages - memory.size()) < 0) return false;
  memory.fill(__heap_base, 0, end - __heap_base);
  return true;
}

function layOutParameters(tangents: bool): void {
  let height = imageHeight + 2 * padding - 2;
  let width = imageWidth + 2 * padding - 2;
  let size = 0;
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
    l.gradient = take(l.segments * l.length * lanes);
    l.scaleGradient = take(lanes);
    l.offsetGradient = take(lanes);
    size += 9 * l.channels * filters + 3 * filters;
  }
  features = height * width * lanes;
  trueFeatures = height * width * filters;
  denseGradient = take(classes * features);
  denseBiasGradient = take(classes);
  gradientSize = <i32>((end - gradient) >>> 2);
  thetaSize = size + trueFeatures * classes + classes;

  theta = take(thetaSize);
  unpacked = take(thetaSize);
  addend = take(thetaSize);
  for (let block = 0; block < depth; block++) {
    const l = layer(block);
    const inputs = l.segments * l.length;
    const inputsBack = block === 0 ? columnsBack : 9 * lanes;
    l.weights = take(inputs * lanes);
    l.weightsBack = take(inputsBack * lanes);
    l.scale = take(lanes);
    l.offset = take(lanes);
    if (tangents) {
      l.weightsT = take(inputs * lanes);
      l.weightsBackT = take(inputsBack * lanes);
      l.scaleT = take(lanes);
      l.offsetT = take(lanes);
    }
  }
  dense = take(classes * features);
  denseBias = take(classes);
  if (tangents) {
    direction = take(thetaSize);
    denseT = take(classes * features);
    denseBiasT = take(classes);
  }
}

function layOutImages(tangents: bool): void {
  const pixels = imageHeight * imageWidth * imageChannels;
  const padded = (imageHeight + 2 * padding) * (imageWidth + 2 * padding) * imageChannels;
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
  dFeatures = take(features);
  dFeaturesT = take(tangents ? features : 0);
  let xT: usize = 0;
  let x = take(layer(0).height * layer(0).width * columns);
  for (let block = 0; block < depth; block++) {
    const l = layer(block);
    const area = l.height * l.width * lanes;
    const dyArea = ((block === 0 ? l.height : l.height + 2) * l.dyRow) / 4;
    const last = block === depth - 1;
    const pooledArea = ((last ? l.height / 2 : l.height / 2 + 2) * l.pooledRow) / 4;
    l.x = x;
    l.y = take(area);
    l.deviation = take(lanes);
    l.dy = take(dyArea);
    x = take(pooledArea);
    if (!tangents) continue;
    l.xT = xT;
    l.yT = take(area);
    l.deviationT = take(lanes);
    l.dyT = take(dyArea);
    xT = take(pooledArea);
  }
  pooled = x;
  pooledT = xT;
  const chunk = max(CHUNK, layer(0).width * (tangents ? 2 : 1)) + 2;
  packedInputs = take(chunk * 6);
  packedOutputs = take(chunk * lanes);
  // Gradients of a block's input: of the second block's, the largest, or of the first block's columns.
  const inner = depth > 1 ? layer(1).height * layer(1).width * lanes : 0;
  dInput = take(inner);
  dInputT = take(tangents ? inner : 0);
  dColumns = take(tangents ? layer(0).height * layer(0).width * columnsBack : 0);
}
