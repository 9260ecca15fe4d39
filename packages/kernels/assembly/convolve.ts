/**
 * The convolution, as products of a row of inputs with a column of weights.
 * The inputs of one output pixel are `segments` runs of `length` floats (a multiple of 4), `row` bytes apart: for a
 * 3 x 3 kernel over padded NHWC, three image rows of 3 * channels. Neighbouring pixels begin `pixel` bytes apart.
 * Weights are packed as [outputs / 8][segments][length][8].
 */
import { advance, index, place, restart } from "./pixel-walk";
import { madd } from "./vector";

/** Pixels computed together; with 8 channels each they fill 12 of the 15 vector registers that V8 leaves. */
const TILE: i32 = 6;

/** Bytes of weights that stay in the first-level cache beside the inputs of a tile. */
const WEIGHTS: i32 = 20480;

/**
 * y[p][c] = sum over inputs of x * w, plus the same of x2 * w2 where x2 is not 0; y is [height * width][outputs].
 * `outputs` is a multiple of 8.
 */
export function convolve(
  x: usize,
  w: usize,
  x2: usize,
  w2: usize,
  segments: i32,
  length: i32,
  pixel: i32,
  row: i32,
  height: i32,
  width: i32,
  outputs: i32,
  y: usize,
): void {
  const together = max(1, WEIGHTS / (length * 32));
  for (let block = 0; block < outputs / 8; block++) {
    const packed = block * segments * length * 32;
    const out = y + block * 32;
    for (let from = 0; from < segments; from += together) {
      const part = min(together, segments - from);
      const input = from * row;
      const weight = packed + from * length * 32;
      addTiles(x + input, w + weight, part, length, pixel, row, height, width, out, outputs * 4, from > 0);
      if (x2 === 0) continue;
      addTiles(x2 + input, w2 + weight, part, length, pixel, row, height, width, out, outputs * 4, true);
    }
  }
}

/**
 * Computes eight channels of all pixels, which lie `stride` bytes apart, and adds them to what is there where `more`.
 * The last tile repeats the last pixel rather than run over the end. The sums of a tile's six pixels are a to f:
 * channels 0 to 3 in a0, 4 to 7 in a1, and so on. In the innermost loop a line is one input of one pixel.
 */
// biome-ignore format: as a table its rows can be compared
function addTiles(
  x: usize, w: usize, segments: i32, length: i32, pixel: i32, row: i32, height: i32, width: i32,
  y: usize, stride: i32, more: bool): void {
  const pixels = height * width, skip = row - length * 4; restart();
  for (let first = 0; first < pixels; first += TILE) {
    const o0 = place; advance(width, pixels, pixel, row);
    const o1 = place, i1 = index; advance(width, pixels, pixel, row);
    const o2 = place, i2 = index; advance(width, pixels, pixel, row);
    const o3 = place, i3 = index; advance(width, pixels, pixel, row);
    const o4 = place, i4 = index; advance(width, pixels, pixel, row);
    const o5 = place, i5 = index; advance(width, pixels, pixel, row);
    let a0 = f32x4.splat(0), a1 = f32x4.splat(0), b0 = f32x4.splat(0), b1 = f32x4.splat(0);
    let c0 = f32x4.splat(0), c1 = f32x4.splat(0), d0 = f32x4.splat(0), d1 = f32x4.splat(0);
    let e0 = f32x4.splat(0), e1 = f32x4.splat(0), f0 = f32x4.splat(0), f1 = f32x4.splat(0);
    const q0 = y + first * stride, q1 = y + i1 * stride, q2 = y + i2 * stride;
    const q3 = y + i3 * stride, q4 = y + i4 * stride, q5 = y + i5 * stride;
    if (more) {
      a0 = v128.load(q0, 0); a1 = v128.load(q0, 16); b0 = v128.load(q1, 0); b1 = v128.load(q1, 16);
      c0 = v128.load(q2, 0); c1 = v128.load(q2, 16); d0 = v128.load(q3, 0); d1 = v128.load(q3, 16);
      e0 = v128.load(q4, 0); e1 = v128.load(q4, 16); f0 = v128.load(q5, 0); f1 = v128.load(q5, 16);
    }
    let weight = w, p0 = x + o0, p1 = x + o1, p2 = x + o2, p3 = x + o3, p4 = x + o4, p5 = x + o5;
    for (let segment = 0; segment < segments; segment++) {
      for (const end = weight + length * 32; weight < end; ) {
        let w0 = v128.load(weight, 0), w1 = v128.load(weight, 16);
        let s = v128.load_splat<f32>(p0, 0); a0 = madd(s, w0, a0); a1 = madd(s, w1, a1);
        s = v128.load_splat<f32>(p1, 0); b0 = madd(s, w0, b0); b1 = madd(s, w1, b1);
        s = v128.load_splat<f32>(p2, 0); c0 = madd(s, w0, c0); c1 = madd(s, w1, c1);
        s = v128.load_splat<f32>(p3, 0); d0 = madd(s, w0, d0); d1 = madd(s, w1, d1);
        s = v128.load_splat<f32>(p4, 0); e0 = madd(s, w0, e0); e1 = madd(s, w1, e1);
        s = v128.load_splat<f32>(p5, 0); f0 = madd(s, w0, f0); f1 = madd(s, w1, f1);
        w0 = v128.load(weight, 32); w1 = v128.load(weight, 48);
        s = v128.load_splat<f32>(p0, 4); a0 = madd(s, w0, a0); a1 = madd(s, w1, a1);
        s = v128.load_splat<f32>(p1, 4); b0 = madd(s, w0, b0); b1 = madd(s, w1, b1);
        s = v128.load_splat<f32>(p2, 4); c0 = madd(s, w0, c0); c1 = madd(s, w1, c1);
        s = v128.load_splat<f32>(p3, 4); d0 = madd(s, w0, d0); d1 = madd(s, w1, d1);
        s = v128.load_splat<f32>(p4, 4); e0 = madd(s, w0, e0); e1 = madd(s, w1, e1);
        s = v128.load_splat<f32>(p5, 4); f0 = madd(s, w0, f0); f1 = madd(s, w1, f1);
        w0 = v128.load(weight, 64); w1 = v128.load(weight, 80);
        s = v128.load_splat<f32>(p0, 8); a0 = madd(s, w0, a0); a1 = madd(s, w1, a1);
        s = v128.load_splat<f32>(p1, 8); b0 = madd(s, w0, b0); b1 = madd(s, w1, b1);
        s = v128.load_splat<f32>(p2, 8); c0 = madd(s, w0, c0); c1 = madd(s, w1, c1);
        s = v128.load_splat<f32>(p3, 8); d0 = madd(s, w0, d0); d1 = madd(s, w1, d1);
        s = v128.load_splat<f32>(p4, 8); e0 = madd(s, w0, e0); e1 = madd(s, w1, e1);
        s = v128.load_splat<f32>(p5, 8); f0 = madd(s, w0, f0); f1 = madd(s, w1, f1);
        w0 = v128.load(weight, 96); w1 = v128.load(weight, 112);
        s = v128.load_splat<f32>(p0, 12); a0 = madd(s, w0, a0); a1 = madd(s, w1, a1);
        s = v128.load_splat<f32>(p1, 12); b0 = madd(s, w0, b0); b1 = madd(s, w1, b1);
        s = v128.load_splat<f32>(p2, 12); c0 = madd(s, w0, c0); c1 = madd(s, w1, c1);
        s = v128.load_splat<f32>(p3, 12); d0 = madd(s, w0, d0); d1 = madd(s, w1, d1);
        s = v128.load_splat<f32>(p4, 12); e0 = madd(s, w0, e0); e1 = madd(s, w1, e1);
        s = v128.load_splat<f32>(p5, 12); f0 = madd(s, w0, f0); f1 = madd(s, w1, f1);
        weight += 128; p0 += 16; p1 += 16; p2 += 16; p3 += 16; p4 += 16; p5 += 16;
      }
      p0 += skip; p1 += skip; p2 += skip; p3 += skip; p4 += skip; p5 += skip;
    }
    storePixels(q0, q1, q2, a0, a1, b0, b1, c0, c1);
    storePixels(q3, q4, q5, d0, d1, e0, e1, f0, f1);
  }
}

/** Stores the eight channels of three pixels. */
function storePixels(
  q0: usize,
  q1: usize,
  q2: usize,
  a0: v128,
  a1: v128,
  b0: v128,
  b1: v128,
  c0: v128,
  c1: v128,
): void {
  v128.store(q0, a0, 0);
  v128.store(q0, a1, 16);
  v128.store(q1, b0, 0);
  v128.store(q1, b1, 16);
  v128.store(q2, c0, 0);
  v128.store(q2, c1, 16);
}
