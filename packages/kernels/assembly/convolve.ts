/**
 * The convolution, as products of a row of inputs with a column of weights.
 * The inputs of one output pixel are `segments` runs of `length` floats (a multiple of 4), `row` bytes apart: for a
 * 3 x 3 kernel over padded NHWC, three image rows of 3 * channels. Neighbouring pixels begin `pixel` bytes apart.
 * Weights are packed as [outputs / 8][segments][length][8].
 */
import { madd } from "./vector";

/** Pixels computed together; with 8 channels each they fill 12 of the 15 vector registers that V8 leaves. */
const TILE: i32 = 6;

let place: i32 = 0;
let column: i32 = 0;
let index: i32 = 0;

/** Moves on to the next pixel in row order; stays on the last one. */
function advance(width: i32, pixels: i32, pixel: i32, row: i32): void {
  if (index + 1 >= pixels) return;
  index += 1;
  column += 1;
  place += pixel;
  if (column === width) {
    column = 0;
    place += row - width * pixel;
  }
}

/**
 * y[p][c] = sum over inputs of x * w, plus the same of x2 * w2 where x2 is not 0; y is [height * width][outputs].
 * `outputs` is a multiple of 8. The last tile repeats the last pixel rather than run over the end.
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
  const pixels = height * width;
  const skip = row - length * 4;
  const packed = segments * length * 32;
  for (let block = 0; block < outputs / 8; block++) {
    place = 0;
    column = 0;
    index = 0;
    for (let first = 0; first < pixels; first += TILE) {
      const o0 = place;
      advance(width, pixels, pixel, row);
      const o1 = place;
      const i1 = index;
      advance(width, pixels, pixel, row);
      const o2 = place;
      const i2 = index;
      advance(width, pixels, pixel, row);
      const o3 = place;
      const i3 = index;
      advance(width, pixels, pixel, row);
      const o4 = place;
      const i4 = index;
      advance(width, pixels, pixel, row);
      const o5 = place;
      const i5 = index;
      advance(width, pixels, pixel, row);

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

      let input = x;
      let weight = w + block * packed;
      while (true) {
        let p0 = input + o0;
        let p1 = input + o1;
        let p2 = input + o2;
        let p3 = input + o3;
        let p4 = input + o4;
        let p5 = input + o5;
        for (let segment = 0; segment < segments; segment++) {
          const end = weight + length * 32;
          while (weight < end) {
            let w0 = v128.load(weight, 0);
            let w1 = v128.load(weight, 16);
            let s = v128.load_splat<f32>(p0, 0);
            a0 = madd(s, w0, a0);
            a1 = madd(s, w1, a1);
            s = v128.load_splat<f32>(p1, 0);
            b0 = madd(s, w0, b0);
            b1 = madd(s, w1, b1);
            s = v128.load_splat<f32>(p2, 0);
            c0 = madd(s, w0, c0);
            c1 = madd(s, w1, c1);
            s = v128.load_splat<f32>(p3, 0);
            d0 = madd(s, w0, d0);
            d1 = madd(s, w1, d1);
            s = v128.load_splat<f32>(p4, 0);
            e0 = madd(s, w0, e0);
            e1 = madd(s, w1, e1);
            s = v128.load_splat<f32>(p5, 0);
            f0 = madd(s, w0, f0);
            f1 = madd(s, w1, f1);

            w0 = v128.load(weight, 32);
            w1 = v128.load(weight, 48);
            s = v128.load_splat<f32>(p0, 4);
            a0 = madd(s, w0, a0);
            a1 = madd(s, w1, a1);
            s = v128.load_splat<f32>(p1, 4);
            b0 = madd(s, w0, b0);
            b1 = madd(s, w1, b1);
            s = v128.load_splat<f32>(p2, 4);
            c0 = madd(s, w0, c0);
            c1 = madd(s, w1, c1);
            s = v128.load_splat<f32>(p3, 4);
            d0 = madd(s, w0, d0);
            d1 = madd(s, w1, d1);
            s = v128.load_splat<f32>(p4, 4);
            e0 = madd(s, w0, e0);
            e1 = madd(s, w1, e1);
            s = v128.load_splat<f32>(p5, 4);
            f0 = madd(s, w0, f0);
            f1 = madd(s, w1, f1);

            w0 = v128.load(weight, 64);
            w1 = v128.load(weight, 80);
            s = v128.load_splat<f32>(p0, 8);
            a0 = madd(s, w0, a0);
            a1 = madd(s, w1, a1);
            s = v128.load_splat<f32>(p1, 8);
            b0 = madd(s, w0, b0);
            b1 = madd(s, w1, b1);
            s = v128.load_splat<f32>(p2, 8);
            c0 = madd(s, w0, c0);
            c1 = madd(s, w1, c1);
            s = v128.load_splat<f32>(p3, 8);
            d0 = madd(s, w0, d0);
            d1 = madd(s, w1, d1);
            s = v128.load_splat<f32>(p4, 8);
            e0 = madd(s, w0, e0);
            e1 = madd(s, w1, e1);
            s = v128.load_splat<f32>(p5, 8);
            f0 = madd(s, w0, f0);
            f1 = madd(s, w1, f1);

            w0 = v128.load(weight, 96);
            w1 = v128.load(weight, 112);
            s = v128.load_splat<f32>(p0, 12);
            a0 = madd(s, w0, a0);
            a1 = madd(s, w1, a1);
            s = v128.load_splat<f32>(p1, 12);
            b0 = madd(s, w0, b0);
            b1 = madd(s, w1, b1);
            s = v128.load_splat<f32>(p2, 12);
            c0 = madd(s, w0, c0);
            c1 = madd(s, w1, c1);
            s = v128.load_splat<f32>(p3, 12);
            d0 = madd(s, w0, d0);
            d1 = madd(s, w1, d1);
            s = v128.load_splat<f32>(p4, 12);
            e0 = madd(s, w0, e0);
            e1 = madd(s, w1, e1);
            s = v128.load_splat<f32>(p5, 12);
            f0 = madd(s, w0, f0);
            f1 = madd(s, w1, f1);

            weight += 128;
            p0 += 16;
            p1 += 16;
            p2 += 16;
            p3 += 16;
            p4 += 16;
            p5 += 16;
          }
          p0 += skip;
          p1 += skip;
          p2 += skip;
          p3 += skip;
          p4 += skip;
          p5 += skip;
        }
        if (x2 === 0 || input === x2) break;
        input = x2;
        weight = w2 + block * packed;
      }

      const stride = outputs * 4;
      const out = y + block * 32;
      const q = out + first * stride;
      v128.store(q, a0, 0);
      v128.store(q, a1, 16);
      v128.store(out + i1 * stride, b0, 0);
      v128.store(out + i1 * stride, b1, 16);
      v128.store(out + i2 * stride, c0, 0);
      v128.store(out + i2 * stride, c1, 16);
      v128.store(out + i3 * stride, d0, 0);
      v128.store(out + i3 * stride, d1, 16);
      v128.store(out + i4 * stride, e0, 0);
      v128.store(out + i4 * stride, e1, 16);
      v128.store(out + i5 * stride, f0, 0);
      v128.store(out + i5 * stride, f1, 16);
    }
  }
}
