/**
 * FedYogi. Reddi et al., Adaptive Federated Optimization, ICLR 2021, algorithm 2 with the line
 * v+ = v - (1 - beta2) Delta^2 sign(v - Delta^2). The rest is in `adaptive.ts`.
 */
import { Type } from "typebox";
import { adaptiveSettings, combineAdaptively } from "../adaptive.ts";
import { noCorrection, type Strategy } from "../strategy.ts";

const Settings = Type.Object(
  { kind: Type.Literal("fedyogi"), ...adaptiveSettings },
  { additionalProperties: false },
);

/** Yogi on the server; the state holds the moments `first` and `second`. */
export const fedyogi: Strategy<typeof Settings> = {
  kind: "fedyogi",
  label: "FedYogi",
  description: "As FedAdam, with a second moment that changes no faster than the updates themselves.",
  settings: Settings,
  weighting: "examples",
  clientRule: () => noCorrection,
  combine: (settings, round) =>
    combineAdaptively(
      settings,
      round,
      (before, delta) => before - (1 - settings.beta2) * delta ** 2 * Math.sign(before - delta ** 2),
    ),
};
