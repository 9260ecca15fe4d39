/** The way back through pool, ReLU and instance norm, and its tangent; names as in normalize.ts. */
import { Layer } from "./layer";
import { lanes } from "./layers";
import { gated, madd, nmadd } from "./vector";

/**
 * dz of the pixels under one pooled row: a quarter of `dPooled` where z > 0, 0 elsewhere. An odd last column gets 0.
 */
function spreadRow(l: Layer, dPooled: usize, dy: usize, line: i32, at: i32): void {
  const stride = lanes * 4;
  const scale = v128.load(l.scale + at);
  const offset = v128.load(l.offset + at);
  const quarter = f32x4.splat(0.25);
  let p = l.y + at + line * l.width * stride;
  let out = dy + l.dyInset + at + line * l.dyRow;
  let from = dPooled + at + (line >> 1) * (l.width / 2) * stride;
  for (let column = 0; column < l.width / 2; column++) {
    const value = f32x4.mul(v128.load(from), quarter);
    v128.store(out, gated(value, madd(scale, v128.load(p), offset)));
    v128.store(out + stride, gated(value, madd(scale, v128.load(p + stride), offset)));
    from += stride;
    p += 2 * stride;
    out += 2 * stride;
  }
  if (l.width & 1) v128.store(out, f32x4.splat(0));
}

/** dz of all pixels. An odd last row gets 0. */
function spread(l: Layer, dPooled: usize, dy: usize, at: i32): void {
  const pooledLines = l.height & ~1;
  for (let line = 0; line < pooledLines; line++) spreadRow(l, dPooled, dy, line, at);
  if ((l.height & 1) === 0) return;
  const start = dy + l.dyInset + at + pooledLines * l.dyRow;
  for (let column = 0; column < l.width; column++) v128.store(start + column * lanes * 4, f32x4.splat(0));
}

/**
 * From dPooled [pixels / 4][lanes] to dy, adding to the gradients of scale and offset:
 * dscale = sum(dz h), doffset = sum(dz), dy = r scale (dz - mean(dz) - h mean(dz h)).
 */
export function normalizeGradient(l: Layer, dPooled: usize): void {
  const stride = lanes * 4;
  const pixels = l.height * l.width;
  const share = f32x4.splat(1 / <f32>pixels);
  for (let at = 0; at < stride; at += 16) {
    spread(l, dPooled, l.dy, at);
    let sum = f32x4.splat(0);
    let product = f32x4.splat(0);
    for (let line = 0; line < l.height; line++) {
      let h = l.y + at + line * l.width * stride;
      let p = l.dy + l.dyInset + at + line * l.dyRow;
      for (const end = p + l.width * stride; p < end; p += stride) {
        const dz = v128.load(p);
        sum = f32x4.add(sum, dz);
        product = madd(dz, v128.load(h), product);
        h += stride;
      }
    }
    add(l.offsetGradient + at, sum);
    add(l.scaleGradient + at, product);
    const mean = f32x4.mul(sum, share);
    const moment = f32x4.mul(product, share);
    const gain = f32x4.mul(v128.load(l.deviation + at), v128.load(l.scale + at));
    for (let line = 0; line < l.height; line++) {
      let h = l.y + at + line * l.width * stride;
      let p = l.dy + l.dyInset + at + line * l.dyRow;
      for (const end = p + l.width * stride; p < end; p += stride) {
        const centred = f32x4.sub(v128.load(p), mean);
        v128.store(p, f32x4.mul(gain, nmadd(v128.load(h), moment, centred)));
        h += stride;
      }
    }
  }
}

/**
 * `normalizeGradient` and its tangent. Only the tangents of dscale and doffset are added to the gradients. With the
 * gain k = r scale:
 * doffset' = sum(dz'), dscale' = sum(dz' h + dz h'), k' = r' scale + r scale',
 * dy' = k' (dz - mean(dz) - h mean(dz h)) + k (dz' - mean(dz') - h' mean(dz h) - h mean(dz' h + dz h')).
 */
export function normalizeGradientTangent(l: Layer, dPooled: usize, dPooledT: usize): void {
  const stride = lanes * 4;
  const pixels = l.height * l.width;
  const share = f32x4.splat(1 / <f32>pixels);
  const apart = l.yT - l.y;
  const dApart = l.dyT - l.dy;
  for (let at = 0; at < stride; at += 16) {
    spread(l, dPooled, l.dy, at);
    spread(l, dPooledT, l.dyT, at);
    let sum = f32x4.splat(0);
    let product = f32x4.splat(0);
    let sumT = f32x4.splat(0);
    let productT = f32x4.splat(0);
    for (let line = 0; line < l.height; line++) {
      let q = l.y + at + line * l.width * stride;
      let p = l.dy + l.dyInset + at + line * l.dyRow;
      for (const end = p + l.width * stride; p < end; p += stride) {
        const dz = v128.load(p);
        const dzT = v128.load(p + dApart);
        const h = v128.load(q);
        sum = f32x4.add(sum, dz);
        sumT = f32x4.add(sumT, dzT);
        product = madd(dz, h, product);
        productT = madd(dz, v128.load(q + apart), madd(dzT, h, productT));
        q += stride;
      }
    }
    add(l.offsetGradient + at, sumT);
    add(l.scaleGradient + at, productT);
    const mean = f32x4.mul(sum, share);
    const meanT = f32x4.mul(sumT, share);
    const moment = f32x4.mul(product, share);
    const momentT = f32x4.mul(productT, share);
    const r = v128.load(l.deviation + at);
    const scale = v128.load(l.scale + at);
    const gain = f32x4.mul(r, scale);
    const gainT = madd(v128.load(l.deviationT + at), scale, f32x4.mul(r, v128.load(l.scaleT + at)));
    for (let line = 0; line < l.height; line++) {
      let q = l.y + at + line * l.width * stride;
      let p = l.dy + l.dyInset + at + line * l.dyRow;
      for (const end = p + l.width * stride; p < end; p += stride) {
        const h = v128.load(q);
        const inner = nmadd(h, moment, f32x4.sub(v128.load(p), mean));
        const direct = f32x4.sub(v128.load(p + dApart), meanT);
        const innerT = nmadd(h, momentT, nmadd(v128.load(q + apart), moment, direct));
        v128.store(p, f32x4.mul(gain, inner));
        v128.store(p + dApart, madd(gainT, inner, f32x4.mul(gain, innerT)));
        q += stride;
      }
    }
  }
}

function add(place: usize, value: v128): void {
  v128.store(place, f32x4.add(v128.load(place), value));
}
