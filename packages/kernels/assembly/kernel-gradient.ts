/** The convolution's gradient in its kernel: sums over the pixels of outer products of inputs with output gradients. */
import { madd } from "./vector";

/**
 * gradient[segment * length + k][c] += sum over pixels of x[pixel + segment + k] * dy[pixel][c], plus the same of
 * x2 and dy2 where x2 is not 0. Inputs lie as in `convolve`; dy's pixels are `outputs` floats and its rows `dyRow`
 * bytes apart. `length` is a multiple of 6, `outputs` of 8.
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
  const dyPixel = outputs * 4;
  for (let block = 0; block < outputs / 8; block++) {
    for (let segment = 0; segment < segments; segment++) {
      for (let k = 0; k < length; k += 6) {
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

        let input = x + segment * row + k * 4;
        let output = dy + block * 32;
        let again = x2 !== 0;
        while (true) {
          for (let line = 0; line < height; line++) {
            let p = input + line * row;
            let q = output + line * dyRow;
            const end = q + width * dyPixel;
            while (q < end) {
              const g0 = v128.load(q, 0);
              const g1 = v128.load(q, 16);
              let s = v128.load_splat<f32>(p, 0);
              a0 = madd(s, g0, a0);
              a1 = madd(s, g1, a1);
              s = v128.load_splat<f32>(p, 4);
              b0 = madd(s, g0, b0);
              b1 = madd(s, g1, b1);
              s = v128.load_splat<f32>(p, 8);
              c0 = madd(s, g0, c0);
              c1 = madd(s, g1, c1);
              s = v128.load_splat<f32>(p, 12);
              d0 = madd(s, g0, d0);
              d1 = madd(s, g1, d1);
              s = v128.load_splat<f32>(p, 16);
              e0 = madd(s, g0, e0);
              e1 = madd(s, g1, e1);
              s = v128.load_splat<f32>(p, 20);
              f0 = madd(s, g0, f0);
              f1 = madd(s, g1, f1);
              p += pixel;
              q += dyPixel;
            }
          }
          if (!again) break;
          again = false;
          input = x2 + segment * row + k * 4;
          output = dy2 + block * 32;
        }

        const out = gradient + (segment * length + k) * dyPixel + block * 32;
        addTo(out, a0, a1);
        addTo(out + dyPixel, b0, b1);
        addTo(out + 2 * dyPixel, c0, c1);
        addTo(out + 3 * dyPixel, d0, d1);
        addTo(out + 4 * dyPixel, e0, e1);
        addTo(out + 5 * dyPixel, f0, f1);
      }
    }
  }
}

function addTo(out: usize, v0: v128, v1: v128): void {
  v128.store(out, f32x4.add(v128.load(out, 0), v0), 0);
  v128.store(out, f32x4.add(v128.load(out, 16), v1), 16);
}
