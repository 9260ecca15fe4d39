/** The convolution's gradient in its kernel: sums over the pixels of outer products of inputs with output gradients. */
import { CHUNK, packedInputs, packedOutputs } from "./layers";
import { madd } from "./vector";

/**
 * gradient[segment * length + k][c] += sum over pixels of x[pixel + segment + k] * dy[pixel][c], plus the same of
 * x2 and dy2 where x2 is not 0. Inputs lie as in `convolve`; dy's pixels are `outputs` floats and its rows `dyRow`
 * bytes apart. `length` is a multiple of 6, `outputs` of 8.
 * Both sides are packed first: rows of a power of two bytes would meet in few sets of the cache.
 */
export function addKernelGradient(
  x: usize,
  dy: usize,
  x2: usize,
  dy2: usize,
  segments: i32,
  length: i32,
  pixel: i32,
  row: i32,
  dyRow: i32,
  height: i32,
  width: i32,
  outputs: i32,
  gradient: usize,
): void {
  const pairs = x2 === 0 ? 1 : 2;
  const lines = max(1, CHUNK / pairs / width);
  const stride = outputs * 4;
  for (let line = 0; line < height; line += lines) {
    const count = min(lines, height - line);
    const pixels = count * width;
    // An even number, for the tile's sake: an odd last pixel is followed by one of zeros.
    const all = (pairs * pixels + 1) & ~1;
    packOutputs(dy + line * dyRow, dyRow, count, width, outputs, packedOutputs, all, all > pairs * pixels);
    if (x2 !== 0) {
      packOutputs(dy2 + line * dyRow, dyRow, count, width, outputs, packedOutputs + pixels * 32, all, false);
    }
    for (let segment = 0; segment < segments; segment++) {
      const at = (line + segment) * row;
      for (let k = 0; k < length; k += 6) {
        packInputs(x + at + k * 4, pixel, row, count, width, packedInputs);
        if (x2 !== 0) packInputs(x2 + at + k * 4, pixel, row, count, width, packedInputs + pixels * 24);
        const out = gradient + (segment * length + k) * stride;
        for (let block = 0; block < outputs / 8; block++) {
          addTile(packedInputs, packedOutputs + block * all * 32, all, out + block * 32, stride);
        }
      }
    }
  }
}

/** Packs dy to [outputs / 8][apart][8]: writes `lines * width` pixels, and one of zeros where `odd`. */
function packOutputs(
  from: usize,
  row: i32,
  lines: i32,
  width: i32,
  outputs: i32,
  to: usize,
  apart: i32,
  odd: bool,
): void {
  const stride = outputs * 4;
  for (let block = 0; block < outputs / 8; block++) {
    let out = to + block * apart * 32;
    for (let line = 0; line < lines; line++) {
      let p = from + line * row + block * 32;
      for (const end = p + width * stride; p < end; p += stride) {
        v128.store(out, v128.load(p, 0), 0);
        v128.store(out, v128.load(p, 16), 16);
        out += 32;
      }
    }
    if (odd) memory.fill(out, 0, 32);
  }
}

/** Packs x to [lines * width][6], and adds a pixel of zeros. */
function packInputs(from: usize, pixel: i32, row: i32, lines: i32, width: i32, to: usize): void {
  for (let line = 0; line < lines; line++) {
    let p = from + line * row;
    for (const end = p + width * pixel; p < end; p += pixel) {
      v128.store(to, v128.load(p, 0), 0);
      store<u64>(to, load<u64>(p, 16), 16);
      to += 24;
    }
  }
  memory.fill(to, 0, 24);
}

/** gradient[k][c] += sum over pixels of x[pixel][k] * dy[pixel][c], for 6 k and 8 c and an even number of pixels. */
function addTile(x: usize, dy: usize, pixels: i32, gradient: usize, stride: i32): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  let d1 = f32x4.splat(0);
  let e0 = f32x4.splat(0);
  let e1 = f32x4.splat(0);
  let f0 = f32x4.splat(0);
  let f1 = f32x4.splat(0);
  for (const end = dy + pixels * 32; dy < end; dy += 64) {
    let g0 = v128.load(dy, 0);
    let g1 = v128.load(dy, 16);
    let s = v128.load_splat<f32>(x, 0);
    a0 = madd(s, g0, a0);
    a1 = madd(s, g1, a1);
    s = v128.load_splat<f32>(x, 4);
    b0 = madd(s, g0, b0);
    b1 = madd(s, g1, b1);
    s = v128.load_splat<f32>(x, 8);
    c0 = madd(s, g0, c0);
    c1 = madd(s, g1, c1);
    s = v128.load_splat<f32>(x, 12);
    d0 = madd(s, g0, d0);
    d1 = madd(s, g1, d1);
    s = v128.load_splat<f32>(x, 16);
    e0 = madd(s, g0, e0);
    e1 = madd(s, g1, e1);
    s = v128.load_splat<f32>(x, 20);
    f0 = madd(s, g0, f0);
    f1 = madd(s, g1, f1);
    g0 = v128.load(dy, 32);
    g1 = v128.load(dy, 48);
    s = v128.load_splat<f32>(x, 24);
    a0 = madd(s, g0, a0);
    a1 = madd(s, g1, a1);
    s = v128.load_splat<f32>(x, 28);
    b0 = madd(s, g0, b0);
    b1 = madd(s, g1, b1);
    s = v128.load_splat<f32>(x, 32);
    c0 = madd(s, g0, c0);
    c1 = madd(s, g1, c1);
    s = v128.load_splat<f32>(x, 36);
    d0 = madd(s, g0, d0);
    d1 = madd(s, g1, d1);
    s = v128.load_splat<f32>(x, 40);
    e0 = madd(s, g0, e0);
    e1 = madd(s, g1, e1);
    s = v128.load_splat<f32>(x, 44);
    f0 = madd(s, g0, f0);
    f1 = madd(s, g1, f1);
    x += 48;
  }
  addRows(gradient, gradient + stride, gradient + 2 * stride, a0, a1, b0, b1, c0, c1);
  addRows(gradient + 3 * stride, gradient + 4 * stride, gradient + 5 * stride, d0, d1, e0, e1, f0, f1);
}

/** Adds eight sums to each of three rows. */
function addRows(
  out0: usize,
  out1: usize,
  out2: usize,
  a0: v128,
  a1: v128,
  b0: v128,
  b1: v128,
  c0: v128,
  c1: v128,
): void {
  addTo(out0, a0, a1);
  addTo(out1, b0, b1);
  addTo(out2, c0, c1);
}

function addTo(out: usize, v0: v128, v1: v128): void {
  v128.store(out, f32x4.add(v128.load(out, 0), v0), 0);
  v128.store(out, f32x4.add(v128.load(out, 16), v1), 16);
}
