/** What an update must keep to in order to count: first its offer, then its values. */
import { manifestProblem, type Plan, type UpdateOffered } from "@tributary/protocol";
import { evaluationProblem } from "./evaluation-problem.ts";
import type { Refusal } from "./refusal.ts";
import { updateValues } from "./round-aggregate.ts";

/**
 * Why an offer cannot count, whatever its bytes; null: nothing speaks against it.
 * @param parameters values in the run's model
 */
export function offerProblem(offer: UpdateOffered, plan: Plan, parameters: number): Refusal | null {
  const { tensor, examples } = offer;
  if (tensor.dtype !== plan.updateDtype) {
    return { reason: "wrong-dtype", detail: `expected ${plan.updateDtype}, got ${tensor.dtype}` };
  }
  const expected = updateValues(plan, parameters);
  if (tensor.elements !== expected) {
    return { reason: "wrong-shape", detail: `expected ${expected} values, got ${tensor.elements}` };
  }
  const problem = manifestProblem(tensor);
  if (problem !== null) return { reason: "wrong-shape", detail: problem };
  if (examples > plan.limits.maxExamples) {
    const detail = `expected at most ${plan.limits.maxExamples} examples, got ${examples}`;
    return { reason: "too-many-examples", detail };
  }
  return evaluationProblem(offer, plan);
}

/**
 * Why the values of an update cannot count; null: nothing speaks against them. The delta must keep the plan's limits, and
 * so must the control delta that follows it under control variates.
 * @param values [P], or [2 P] under control variates
 * @param parameters P, the values in the run's model
 */
export function updateProblem(values: Float32Array, plan: Plan, parameters: number): Refusal | null {
  const problem = deltaProblem(values.subarray(0, parameters), plan.limits);
  if (problem !== null || values.length === parameters) return problem;
  const second = deltaProblem(values.subarray(parameters), plan.limits);
  return second && { reason: second.reason, detail: `control delta: ${second.detail}` };
}

/** Why the values of a delta [parameters] cannot count: not finite, |value| > maxMagnitude or 2-norm > maxNorm. */
function deltaProblem(delta: Float32Array, limits: Plan["limits"]): Refusal | null {
  let squares = 0;
  for (let at = 0; at < delta.length; at++) {
    const value = delta[at] ?? 0;
    if (!Number.isFinite(value)) {
      return { reason: "not-finite", detail: `expected finite values, got ${value} at ${at}` };
    }
    if (Math.abs(value) > limits.maxMagnitude) {
      const detail = `expected values up to ${limits.maxMagnitude}, got ${value} at ${at}`;
      return { reason: "out-of-bounds", detail };
    }
    squares += value * value;
  }
  const norm = Math.sqrt(squares);
  if (norm <= limits.maxNorm) return null;
  return { reason: "out-of-bounds", detail: `expected a norm up to ${limits.maxNorm}, got ${norm}` };
}
