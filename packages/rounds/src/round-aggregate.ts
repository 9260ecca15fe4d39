/**
 * A round's updates on their way to its model: added in fixed point, in whatever order they come, then combined by the
 * plan's strategy. Live rounds and simulated rounds both use it. Legend: P parameters of the model.
 */
import { aggregateMean, createAggregate, fixedPointScale, foldUpdate } from "@tributary/model";
import type { Plan } from "@tributary/protocol";
import { type Combined, clientRuleOf, combine, findStrategy, type StrategyState } from "@tributary/strategy";
import { rulesOf } from "./rules.ts";

/** The updates of one round that have come so far. */
export type RoundAggregate = {
  /** How many have come. */
  updates(): number;
  /**
   * Adds an update: its delta [P], or under control variates delta and control delta [2 P]. Throws on another length.
   * @param examples that it was trained on, at most the plan's `maxExamples`
   */
  add(values: Float32Array, examples: number): void;
  /**
   * The round's model, and what the strategy remembers after it. Throws while there is no update.
   * @param start the round's snapshot [P]
   * @param state what the strategy remembers from the rounds before
   */
  finish(start: Float32Array, state: StrategyState): Combined;
};

/** How many values an update has: P, or 2 P where the strategy has control variates. */
export function updateValues(plan: Plan, parameters: number): number {
  return clientRuleOf(plan.strategy).controlVariates ? 2 * parameters : parameters;
}

/**
 * An empty round of a model of `parameters` values. Its memory does not grow with the cohort. Throws if no
 * scale of the fixed point is exact at the plan's limits.
 */
export function openRoundAggregate(plan: Plan, parameters: number): RoundAggregate {
  const { weighting } = findStrategy(plan.strategy.kind);
  const expected = updateValues(plan, parameters);
  const weightOf = (examples: number) => (weighting === "examples" ? examples : 1);
  const emptySum = (maxWeight: number) => createAggregate(parameters, scaleFor(plan, maxWeight));
  const deltas = emptySum(weightOf(plan.limits.maxExamples));
  const controls = expected > parameters ? emptySum(1) : null;
  return {
    updates: () => deltas.updates,
    add(values, examples) {
      if (values.length !== expected) throw new Error(`expected ${expected} values, got ${values.length}`);
      foldUpdate(deltas, values.subarray(0, parameters), weightOf(examples));
      if (controls !== null) foldUpdate(controls, values.subarray(parameters), 1);
    },
    finish: (start, state) =>
      combine(plan.strategy, {
        start,
        mean: aggregateMean(deltas),
        controlMean: controls && aggregateMean(controls),
        updates: deltas.updates,
        shards: plan.sample?.shards ?? plan.cohort.size,
        state,
      }),
  };
}

function scaleFor(plan: Plan, maxWeight: number): number {
  const { size: maxUpdates } = rulesOf(plan);
  return fixedPointScale({ maxUpdates, maxExamples: maxWeight, maxMagnitude: plan.limits.maxMagnitude });
}
