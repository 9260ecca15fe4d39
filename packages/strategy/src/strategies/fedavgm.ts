/**
 * FedAvgM. Hsu et al., Measuring the Effects of Non-Identical Data Distribution for Federated Visual Classification,
 * 2019, section 4.3: v+ = beta v + Delta, x+ = x + serverRate v+, where Delta is the mean of y_i - x weighted by
 * examples, and v = 0 before the first round. (The paper writes Delta with the opposite sign and subtracts v.) In the
 * long run x moves serverRate / (1 - beta) times as far as by averaging; the defaults keep that factor at 1.
 */
import { Type } from "typebox";
import { Decay, ServerRate } from "../settings.ts";
import { noCorrection, remembered, type Strategy } from "../strategy.ts";

const Settings = Type.Object(
  { kind: Type.Literal("fedavgm"), serverRate: ServerRate(0.5), momentum: Decay(0.5, "Server momentum") },
  { additionalProperties: false },
);

/** Momentum on the server; the state holds v as `velocity`. */
export const fedavgm: Strategy<typeof Settings> = {
  kind: "fedavgm",
  label: "FedAvgM",
  description: "Federated averaging with momentum on the server.",
  settings: Settings,
  weighting: "examples",
  clientRule: () => noCorrection,
  combine({ serverRate, momentum }, { start, mean, state }) {
    const before = remembered(state, "velocity", start.length);
    const velocity = before.map((value, at) => momentum * value + (mean[at] ?? 0));
    const parameters = start.map((value, at) => value + serverRate * (velocity[at] ?? 0));
    return { parameters, state: { velocity } };
  },
};
