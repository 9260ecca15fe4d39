/**
 * FedAdam. Reddi et al., Adaptive Federated Optimization, ICLR 2021, algorithm 2 with the line
 * v+ = beta2 v + (1 - beta2) Delta^2. The rest is in `adaptive.ts`.
 */
import { Type } from "typebox";
import { adaptiveSettings, combineAdaptively } from "../adaptive.ts";
import { noCorrection, type Strategy } from "../strategy.ts";

const Settings = Type.Object(
  { kind: Type.Literal("fedadam"), ...adaptiveSettings },
  { additionalProperties: false },
);

/** Adam on the server; the state holds the moments `first` and `second`. */
export const fedadam: Strategy<typeof Settings> = {
  kind: "fedadam",
  label: "FedAdam",
  description: "The server takes the mean of the updates as a gradient for Adam.",
  settings: Settings,
  weighting: "examples",
  clientRule: () => noCorrection,
  combine: (settings, round) =>
    combineAdaptively(
      settings,
      round,
      (before, delta) => settings.beta2 * before + (1 - settings.beta2) * delta ** 2,
    ),
};
