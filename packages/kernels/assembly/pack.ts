/** Copies parameters between theta's layout (see `parameterCount` in src/shape.ts) and those that the loops read. */
import { Layer, layer } from "./layer";
import {
  classes,
  columns,
  dense,
  denseBias,
  denseBiasGradient,
  denseBiasT,
  denseGradient,
  denseT,
  depth,
  direction,
  features,
  filters,
  lanes,
  theta,
  trueFeatures,
  unpacked,
} from "./layers";

/** Packs theta, and the direction too where `tangents`. */
export function pack(tangents: bool): void {
  packFrom(theta, false);
  if (tangents) packFrom(direction, true);
}

function packFrom(from: usize, tangent: bool): void {
  let place = from;
  for (let block = 0; block < depth; block++) {
    const l = layer(block);
    const weights = tangent ? l.weightsT : l.weights;
    const weightsBack = tangent ? l.weightsBackT : l.weightsBack;
    if (block === 0) packFirst(place, l.channels, weights, weightsBack);
    else packInner(place, weights, weightsBack);
    // The convolution's bias has no effect: the norm that follows removes it.
    place += (9 * l.channels * filters + filters) * 4;
    memory.copy(tangent ? l.scaleT : l.scale, place, filters * 4);
    place += filters * 4;
    memory.copy(tangent ? l.offsetT : l.offset, place, filters * 4);
    place += filters * 4;
  }
  const to = tangent ? denseT : dense;
  for (let i = 0; i < trueFeatures; i++) {
    const feature = (i / filters) * lanes + (i % filters);
    for (let k = 0; k < classes; k++) {
      store<f32>(to + (k * features + feature) * 4, load<f32>(place));
      place += 4;
    }
  }
  memory.copy(tangent ? denseBiasT : denseBias, place, classes * 4);
}

/** From [9 * channels][filters] to [lanes / 8][columns][8], and to [columnsBack / 8][lanes][8] backwards. */
function packFirst(from: usize, channels: i32, weights: usize, weightsBack: usize): void {
  for (let k = 0; k < 9 * channels; k++) {
    for (let c = 0; c < filters; c++) {
      const value = load<f32>(from + (k * filters + c) * 4);
      store<f32>(weights + (((c >> 3) * columns + k) * 8 + (c & 7)) * 4, value);
      store<f32>(weightsBack + (((k >> 3) * lanes + c) * 8 + (k & 7)) * 4, value);
    }
  }
}

/** From [9][filters][filters] to [lanes / 8][9 * lanes][8]; backwards the taps are reversed and the sides swapped. */
function packInner(from: usize, weights: usize, weightsBack: usize): void {
  const inputs = 9 * lanes;
  for (let tap = 0; tap < 9; tap++) {
    for (let i = 0; i < filters; i++) {
      const k = tap * lanes + i;
      const back = ((i >> 3) * inputs + (8 - tap) * lanes) * 8 + (i & 7);
      for (let c = 0; c < filters; c++) {
        const value = load<f32>(from);
        from += 4;
        store<f32>(weights + (((c >> 3) * inputs + k) * 8 + (c & 7)) * 4, value);
        store<f32>(weightsBack + (back + c * 8) * 4, value);
      }
    }
  }
}

/** Writes the packed gradient into `unpacked`, in theta's layout; the convolutions' biases get 0. */
export function unpack(): void {
  let place = unpacked;
  for (let block = 0; block < depth; block++) {
    place = unpackKernel(layer(block), block === 0, place);
    memory.fill(place, 0, filters * 4);
    place += filters * 4;
    memory.copy(place, layer(block).scaleGradient, filters * 4);
    place += filters * 4;
    memory.copy(place, layer(block).offsetGradient, filters * 4);
    place += filters * 4;
  }
  for (let i = 0; i < trueFeatures; i++) {
    const feature = (i / filters) * lanes + (i % filters);
    for (let k = 0; k < classes; k++) {
      store<f32>(place, load<f32>(denseGradient + (k * features + feature) * 4));
      place += 4;
    }
  }
  memory.copy(place, denseBiasGradient, classes * 4);
}

function unpackKernel(l: Layer, first: bool, to: usize): usize {
  for (let tap = 0; tap < 9; tap++) {
    for (let i = 0; i < l.channels; i++) {
      const k = first ? tap * l.channels + i : tap * lanes + i;
      memory.copy(to, l.gradient + k * lanes * 4, filters * 4);
      to += filters * 4;
    }
  }
  return to;
}
