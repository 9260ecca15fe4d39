/**
 * Instance norm, ReLU and 2 x 2 average pool of one image, and its tangent; normalize-gradient.ts goes backward.
 * By channel, over n pixels: h = (y - mean) r, r = 1 / sqrt(var + epsilon); z = scale h + offset; pool(max(z, 0)).
 * An odd last row or column is normalised but not pooled.
 */
import { Layer } from "./layer";
import { EPSILON, lanes } from "./layers";
import { gated, madd, nmadd } from "./vector";

/** y becomes h in place; the pooled result goes to `pooled`. */
export function normalize(l: Layer, pooled: usize): void {
  const stride = lanes * 4;
  const pixels = l.height * l.width;
  const size = pixels * stride;
  const share = f32x4.splat(1 / <f32>pixels);
  for (let at = 0; at < stride; at += 32) {
    const y = l.y + at;
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    for (let p = y; p < y + size; p += stride) {
      s0 = f32x4.add(s0, v128.load(p, 0));
      s1 = f32x4.add(s1, v128.load(p, 16));
    }
    const mean0 = f32x4.mul(s0, share);
    const mean1 = f32x4.mul(s1, share);
    s0 = f32x4.splat(0);
    s1 = f32x4.splat(0);
    for (let p = y; p < y + size; p += stride) {
      const d0 = f32x4.sub(v128.load(p, 0), mean0);
      const d1 = f32x4.sub(v128.load(p, 16), mean1);
      s0 = madd(d0, d0, s0);
      s1 = madd(d1, d1, s1);
    }
    const r0 = inverseRoot(f32x4.mul(s0, share));
    const r1 = inverseRoot(f32x4.mul(s1, share));
    v128.store(l.deviation + at, r0, 0);
    v128.store(l.deviation + at, r1, 16);
    for (let p = y; p < y + size; p += stride) {
      v128.store(p, f32x4.mul(f32x4.sub(v128.load(p, 0), mean0), r0), 0);
      v128.store(p, f32x4.mul(f32x4.sub(v128.load(p, 16), mean1), r1), 16);
    }
    poolRectified(l, pooled, at);
  }
}

function inverseRoot(variance: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(variance, f32x4.splat(EPSILON))));
}

function poolRectified(l: Layer, pooled: usize, at: i32): void {
  const stride = lanes * 4;
  const row = l.width * stride;
  const scale0 = v128.load(l.scale + at, 0);
  const scale1 = v128.load(l.scale + at, 16);
  const offset0 = v128.load(l.offset + at, 0);
  const offset1 = v128.load(l.offset + at, 16);
  const zero = f32x4.splat(0);
  const quarter = f32x4.splat(0.25);
  for (let line = 0; line < l.height / 2; line++) {
    let p = l.y + at + 2 * line * row;
    let out = pooled + l.pooledInset + at + line * l.pooledRow;
    for (let column = 0; column < l.width / 2; column++) {
      const q = p + row;
      let s0 = f32x4.max(madd(scale0, v128.load(p, 0), offset0), zero);
      let s1 = f32x4.max(madd(scale1, v128.load(p, 16), offset1), zero);
      s0 = f32x4.add(s0, f32x4.max(madd(scale0, v128.load(q, 0), offset0), zero));
      s1 = f32x4.add(s1, f32x4.max(madd(scale1, v128.load(q, 16), offset1), zero));
      p += stride;
      s0 = f32x4.add(s0, f32x4.max(madd(scale0, v128.load(p, 0), offset0), zero));
      s1 = f32x4.add(s1, f32x4.max(madd(scale1, v128.load(p, 16), offset1), zero));
      s0 = f32x4.add(s0, f32x4.max(madd(scale0, v128.load(q + stride, 0), offset0), zero));
      s1 = f32x4.add(s1, f32x4.max(madd(scale1, v128.load(q + stride, 16), offset1), zero));
      p += stride;
      v128.store(out, f32x4.mul(s0, quarter), 0);
      v128.store(out, f32x4.mul(s1, quarter), 16);
      out += stride;
    }
  }
}

/**
 * After `normalize`. h' = r (y' - mean(y') - h mean(h y')), z' = scale' h + scale h' + offset'; r' = -r^2 mean(h y').
 */
export function normalizeTangent(l: Layer, pooledT: usize): void {
  const stride = lanes * 4;
  const pixels = l.height * l.width;
  const size = pixels * stride;
  const share = f32x4.splat(1 / <f32>pixels);
  const apart = l.yT - l.y;
  for (let at = 0; at < stride; at += 16) {
    const y = l.y + at;
    let sum = f32x4.splat(0);
    let product = f32x4.splat(0);
    for (let p = y; p < y + size; p += stride) {
      const yT = v128.load(p + apart);
      sum = f32x4.add(sum, yT);
      product = madd(v128.load(p), yT, product);
    }
    const mean = f32x4.mul(sum, share);
    const moment = f32x4.mul(product, share);
    const r = v128.load(l.deviation + at);
    v128.store(l.deviationT + at, f32x4.neg(f32x4.mul(f32x4.mul(r, r), moment)));
    for (let p = y; p < y + size; p += stride) {
      const centred = f32x4.sub(v128.load(p + apart), mean);
      v128.store(p + apart, f32x4.mul(r, nmadd(v128.load(p), moment, centred)));
    }
    poolRectifiedTangent(l, pooledT, at);
  }
}

function poolRectifiedTangent(l: Layer, pooledT: usize, at: i32): void {
  const stride = lanes * 4;
  const row = l.width * stride;
  const apart = l.yT - l.y;
  const scale = v128.load(l.scale + at);
  const offset = v128.load(l.offset + at);
  const scaleT = v128.load(l.scaleT + at);
  const offsetT = v128.load(l.offsetT + at);
  const quarter = f32x4.splat(0.25);
  for (let line = 0; line < l.height / 2; line++) {
    let p = l.y + at + 2 * line * row;
    let out = pooledT + l.pooledInset + at + line * l.pooledRow;
    for (let column = 0; column < l.width / 2; column++) {
      let sum = rectifiedTangent(p, apart, scale, offset, scaleT, offsetT);
      sum = f32x4.add(sum, rectifiedTangent(p + row, apart, scale, offset, scaleT, offsetT));
      p += stride;
      sum = f32x4.add(sum, rectifiedTangent(p, apart, scale, offset, scaleT, offsetT));
      sum = f32x4.add(sum, rectifiedTangent(p + row, apart, scale, offset, scaleT, offsetT));
      p += stride;
      v128.store(out, f32x4.mul(sum, quarter));
      out += stride;
    }
  }
}

function rectifiedTangent(
  p: usize,
  apart: usize,
  scale: v128,
  offset: v128,
  scaleT: v128,
  offsetT: v128,
): v128 {
  const h = v128.load(p);
  const z = madd(scale, h, offset);
  return gated(madd(scale, v128.load(p + apart), madd(scaleT, h, offsetT)), z);
}
