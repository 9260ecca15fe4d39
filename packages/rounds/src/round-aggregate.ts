/**
 * A round's updates on their way to its model: folded in fixed point, in whatever order they come, then combined by the
 * plan's strategy. Live rounds and simulated ones go through here. Legend: P parameters.
 */
import { aggregateMean, createAggregate, fixedPointScale, foldUpdate } from "@tributary/model";
import type { Plan } from "@tributary/protocol";
import { type Combined, clientRuleOf, combine, findStrategy, type StrategyState } from "@tributary/strategy";
import { rulesOf } from "./rules.ts";

export type RoundAggregate = {
  /** How many updates are in. */
  updates(): number;
  /** An update's values: the delta and, under control variates, the control delta behind it. Throws on another length. */
  add(values: Float32Array, examples: number): void;
  /** Throws while no update is in. */
  finish(start: Float32Array, state: StrategyState): Combined;
};

/** Values of one update: [P], or [2 P] where the strategy has control variates. */
export function updateValues(plan: Plan, parameters: number): number {
  return clientRuleOf(plan.strategy).controlVariates ? 2 * parameters : parameters;
}

/** An empty round of a model of `parameters` values. */
export function openRoundAggregate(plan: Plan, parameters: number): RoundAggregate {
  const { weighting } = findStrategy(plan.strategy.kind);
  const { maxExamples, maxMagnitude } = plan.limits;
  const maxUpdates = rulesOf(plan).size;
  const expected = updateValues(plan, parameters);
  const weightOf = (examples: number) => (weighting === "examples" ? examples : 1);
  const scaleOf = (maxWeight: number) =>
    fixedPointScale({ maxUpdates, maxExamples: maxWeight, maxMagnitude });
  const deltas = createAggregate(parameters, scaleOf(weightOf(maxExamples)));
  const controls = expected > parameters ? createAggregate(parameters, scaleOf(1)) : null;
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
        shards: plan.sample.shards,
        state,
      }),
  };
}
