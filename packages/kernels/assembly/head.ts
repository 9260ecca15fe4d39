/**
 * The dense layer and the cross-entropy of one image, their gradients, and the tangents of both. The rows of `dense`
 * are classes. A prime in formulas and a T in names mark the derivative along the direction.
 */
import {
  classes,
  dense,
  denseBias,
  denseBiasGradient,
  denseBiasT,
  denseGradient,
  denseT,
  dFeatures,
  dFeaturesT,
  dLogits,
  dLogitsT,
  features,
  labelGradient,
  labels,
  logits,
  logitsT,
  pooled,
  pooledT,
  probabilities,
} from "./layers";
import { laneSum, madd } from "./vector";

/** logits = W f + b */
export function classify(): void {
  for (let k = 0; k < classes; k++) {
    const value = dot(dense + k * features * 4, pooled) + load<f32>(denseBias + k * 4);
    store<f32>(logits + k * 4, value);
  }
}

/** logits' = W' f + W f' + b' */
export function classifyTangent(): void {
  for (let k = 0; k < classes; k++) {
    const row = k * features * 4;
    const value = dot(denseT + row, pooled) + dot(dense + row, pooledT);
    store<f32>(logitsT + k * 4, value + load<f32>(denseBiasT + k * 4));
  }
}

function dot(a: usize, b: usize): f32 {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  for (const end = a + features * 4; a < end; a += 32) {
    s0 = madd(v128.load(a, 0), v128.load(b, 0), s0);
    s1 = madd(v128.load(a, 16), v128.load(b, 16), s1);
    b += 32;
  }
  return laneSum(f32x4.add(s0, s1));
}

function at(array: usize, k: i32): f64 {
  return <f64>load<f32>(array + k * 4);
}

/**
 * Returns the loss -sum_k y_k log p_k with p = softmax(logits), without `share`. Sets p and
 * dlogits = share (p sum(y) - y).
 */
export function crossEntropy(share: f64): f64 {
  let highest = at(logits, 0);
  for (let k = 1; k < classes; k++) highest = max(highest, at(logits, k));
  let sum: f64 = 0;
  let mass: f64 = 0;
  for (let k = 0; k < classes; k++) {
    sum += Math.exp(at(logits, k) - highest);
    mass += at(labels, k);
  }
  const logSum = highest + Math.log(sum);
  let loss: f64 = 0;
  for (let k = 0; k < classes; k++) {
    const logP = at(logits, k) - logSum;
    const p = Math.exp(logP);
    loss -= at(labels, k) * logP;
    store<f32>(probabilities + k * 4, <f32>p);
    store<f32>(dLogits + k * 4, <f32>(share * (p * mass - at(labels, k))));
  }
  return loss;
}

/**
 * Returns the tangent of the loss, -sum_k y_k (logits'_k - <p, logits'>), without `share`. Sets
 * dlogits' = share sum(y) p (logits' - <p, logits'>), and the tangent's gradient in the labels,
 * share (<p, logits'> - logits').
 */
export function crossEntropyTangent(share: f64): f64 {
  let mean: f64 = 0;
  let mass: f64 = 0;
  for (let k = 0; k < classes; k++) {
    mean += at(probabilities, k) * at(logitsT, k);
    mass += at(labels, k);
  }
  let slope: f64 = 0;
  for (let k = 0; k < classes; k++) {
    const centred = at(logitsT, k) - mean;
    slope -= at(labels, k) * centred;
    store<f32>(dLogitsT + k * 4, <f32>(share * mass * at(probabilities, k) * centred));
    store<f32>(labelGradient + k * 4, <f32>(-share * centred));
  }
  return slope;
}

/** dW += dlogits f, db += dlogits, df = W dlogits */
export function classifyGradient(): void {
  memory.fill(dFeatures, 0, features * 4);
  for (let k = 0; k < classes; k++) {
    const row = k * features * 4;
    const dz = load<f32>(dLogits + k * 4);
    addScaled(denseGradient + row, pooled, dz);
    addScaled(dFeatures, dense + row, dz);
    store<f32>(denseBiasGradient + k * 4, load<f32>(denseBiasGradient + k * 4) + dz);
  }
}

/** dW' += dlogits' f + dlogits f', db' += dlogits', df = W dlogits, df' = W dlogits' + W' dlogits */
export function classifyGradientTangent(): void {
  memory.fill(dFeatures, 0, features * 4);
  memory.fill(dFeaturesT, 0, features * 4);
  for (let k = 0; k < classes; k++) {
    const row = k * features * 4;
    const dz = load<f32>(dLogits + k * 4);
    const dzT = load<f32>(dLogitsT + k * 4);
    addScaled(denseGradient + row, pooled, dzT);
    addScaled(denseGradient + row, pooledT, dz);
    addScaled(dFeatures, dense + row, dz);
    addScaled(dFeaturesT, dense + row, dzT);
    addScaled(dFeaturesT, denseT + row, dz);
    store<f32>(denseBiasGradient + k * 4, load<f32>(denseBiasGradient + k * 4) + dzT);
  }
}

/** to += factor from, over the features */
function addScaled(to: usize, from: usize, factor: f32): void {
  const f = f32x4.splat(factor);
  for (const end = to + features * 4; to < end; to += 32) {
    v128.store(to, madd(f, v128.load(from, 0), v128.load(to, 0)), 0);
    v128.store(to, madd(f, v128.load(from, 16), v128.load(to, 16)), 16);
    from += 32;
  }
}
