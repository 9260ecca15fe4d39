import { metaGradientErrors } from "./parity/meta-gradient.ts";
import { rowsSelfCheckVector, selfCheckVector } from "./parity/self-check-vector.ts";

/** Well above what float32 loses here (about 1e-6), and far below what a wrong kernel or gradient gives. */
const TOLERANCE = 1e-3;

/**
 * Runs two tiny built-in problems with known numbers (network, gradients, second-order recursion) on the current backend,
 * one of images and one of rows. `errors` are relative, by quantity: the larger of both. Do not trust a backend that throws, or whose error is above 1e-3 in any of them:
 * `reason` then completes a sentence about it.
 */
export async function selfCheck(): Promise<
  | { readonly ok: true; readonly errors: Record<string, number> }
  | { readonly ok: false; readonly reason: string; readonly errors: Record<string, number> }
> {
  let errors: Record<string, number>;
  try {
    const images = await metaGradientErrors(selfCheckVector);
    const rows: Record<string, number> = await metaGradientErrors(rowsSelfCheckVector);
    errors = Object.fromEntries(
      Object.entries(images).map(([name, error]) => [name, Math.max(error, rows[name] ?? Number.NaN)]),
    );
  } catch (error) {
    return { ok: false, reason: `it fails on known numbers: ${String(error)}`, errors: {} };
  }
  const wrong = Object.entries(errors).filter(([, error]) => !(error <= TOLERANCE));
  if (wrong.length === 0) return { ok: true, errors };
  const list = wrong.map(([name, error]) => `${name} by ${error.toPrecision(2)}`).join(", ");
  return { ok: false, reason: `it is off on known numbers: ${list}`, errors };
}
