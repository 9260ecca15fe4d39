/**
 * FedAvg. McMahan et al., Communication-Efficient Learning of Deep Networks from Decentralized Data, AISTATS 2017,
 * algorithm 1: x+ = x + sum_i (n_i / n) (y_i - x), with n_i the examples of client i and n their sum over S.
 */
import { Type } from "typebox";
import { noCorrection, type Strategy } from "../strategy.ts";

const Settings = Type.Object({ kind: Type.Literal("fedavg") }, { additionalProperties: false });

/** Federated averaging: x+ = x + Delta. It remembers nothing. */
export const fedavg: Strategy<typeof Settings> = {
  kind: "fedavg",
  label: "Federated averaging",
  description: "The mean of the volunteers' models, weighted by their examples.",
  settings: Settings,
  weighting: "examples",
  clientRule: () => noCorrection,
  combine: (_, { start, mean }) => ({
    parameters: start.map((value, at) => value + (mean[at] ?? 0)),
    state: {},
  }),
};
