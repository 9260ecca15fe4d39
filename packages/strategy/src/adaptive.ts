/**
 * What FedAdam and FedYogi share. Reddi et al., Adaptive Federated Optimization, ICLR 2021, algorithm 2:
 * m+ = beta1 m + (1 - beta1) Delta; v+ by the strategy's own rule; x+ = x + serverRate m+ / (sqrt(v+) + tau).
 * Before the first round m = 0 and v = tau^2; there is no bias correction. Delta is the mean of y_i - x, weighted by
 * examples as in the paper's experiments.
 */
import { Type } from "typebox";
import { Decay, ServerRate } from "./settings.ts";
import { type Combination, type Combined, remembered } from "./strategy.ts";

/** The settings that both have, beside their kind. */
export const adaptiveSettings = {
  serverRate: ServerRate(0.01),
  beta1: Decay(0.9, "First decay"),
  beta2: Decay(0.99, "Second decay"),
  tau: Type.Number({
    minimum: 1e-8,
    maximum: 1,
    default: 1e-3,
    title: "Adaptivity",
    description: "Smaller adapts each weight's step more.",
  }),
};

type Adaptive = {
  readonly serverRate: number;
  readonly beta1: number;
  readonly tau: number;
};

/**
 * The round's model and the moments after it: the state holds m as `first` [P] and v as `second` [P].
 * `secondMoment` computes v+ from v and Delta, value by value.
 */
export function combineAdaptively(
  { serverRate, beta1, tau }: Adaptive,
  { start, mean, state }: Combination,
  secondMoment: (before: number, delta: number) => number,
): Combined {
  const [firstBefore, secondBefore] = [
    remembered(state, "first", start.length),
    remembered(state, "second", start.length, tau ** 2),
  ];
  const first = firstBefore.map((value, at) => beta1 * value + (1 - beta1) * (mean[at] ?? 0));
  const second = secondBefore.map((value, at) => secondMoment(value, mean[at] ?? 0));
  const parameters = start.map(
    (value, at) => value + (serverRate * (first[at] ?? 0)) / (Math.sqrt(second[at] ?? 0) + tau),
  );
  return { parameters, state: { first, second } };
}
