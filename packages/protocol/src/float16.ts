/** IEEE 754 binary16, by bits: 1 sign, 5 exponent (bias 15), 10 fraction. */

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);

/** The largest finite binary16. */
export const MAX_FLOAT16 = 65504;

/**
 * The 16 bits of the binary16 nearest to `value` (ties to even). From 65520 on that is infinity, which a receiver
 * refuses as not finite: an overflow is seen and not silently clipped.
 */
export function float16Bits(value: number): number {
  single[0] = value;
  const bits = word[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00;
  if (magnitude >= 0x477f_f000) return sign | 0x7c00;
  // Normal from 2^-14 on: round the 13 bits that go, then move the exponent's bias from 127 to 15.
  if (magnitude >= 0x3880_0000) {
    return sign | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - (112 << 23)) >>> 13);
  }
  // Subnormal: a whole number of steps of 2^-24. Exact in float64, so the tie is seen.
  const steps = Math.abs(single[0]) * 2 ** 24;
  const below = Math.floor(steps);
  const rest = steps - below;
  const up = rest > 0.5 || (rest === 0.5 && below % 2 === 1);
  return sign | (below + (up ? 1 : 0));
}

/** The value of 16 bits of binary16; exact. */
export function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  // 112 = 127 - 15, the difference of the biases.
  word[0] = ((exponent + 112) << 23) | (fraction << 13);
  return sign * (single[0] ?? 0);
}
