/**
 * FedProx. Li et al., Federated Optimization in Heterogeneous Networks, MLSys 2020, equation 2: each client minimises
 * h_i(y; x) = F_i(y) + (mu / 2) ||y - x||^2, so that its gradient becomes g + mu (y - x). The server combines the
 * updates as in FedAvg.
 */
import { Type } from "typebox";
import type { Strategy } from "../strategy.ts";
import { fedavg } from "./fedavg.ts";

const Settings = Type.Object(
  {
    kind: Type.Literal("fedprox"),
    mu: Type.Number({
      minimum: 0,
      maximum: 100,
      default: 0.01,
      title: "Proximal weight",
      description: "0 is federated averaging; larger holds each volunteer nearer to the round's model.",
    }),
  },
  { additionalProperties: false },
);

/** A proximal term on the clients; the server combines as in federated averaging and remembers nothing. */
export const fedprox: Strategy<typeof Settings> = {
  kind: "fedprox",
  label: "FedProx",
  description: "Federated averaging whose volunteers are held near the round's model while they train.",
  settings: Settings,
  weighting: "examples",
  clientRule: ({ mu }) => ({ proximal: mu, controlVariates: false }),
  combine: (_, round) => fedavg.combine({ kind: "fedavg" }, round),
};
