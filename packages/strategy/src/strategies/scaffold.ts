/**
 * SCAFFOLD. Karimireddy et al., SCAFFOLD: Stochastic Controlled Averaging for Federated Learning, ICML 2020,
 * algorithm 1.
 *
 * - Equation 3, the client's step: y_i <- y_i - rate (g_i(y_i) + c - c_i). Here g_i + c - c_i is what the local
 *   optimiser takes for its gradient, whichever optimiser that is.
 * - Equation 4, the client's control variate after K steps: c_i+ = (1/K) sum_k g_i(y_i,k), the mean of the raw
 *   mini-batch gradients. Under SGD this is exactly the paper's option II, c_i+ = c_i - c + (x - y_i) / (K rate):
 *   the K steps sum to x - y_i = rate sum_k (g_i(y_i,k) + c - c_i) = K rate ((1/K) sum_k g_i(y_i,k) + c - c_i), hence
 *   c_i - c + (x - y_i) / (K rate) = (1/K) sum_k g_i(y_i,k). Under momentum or Adam the mean gradient does not follow
 *   from y_i - x, and the mean itself keeps the meaning of c_i.
 * - Equation 5, the server: x+ = x + serverRate (1/|S|) sum_S (y_i - x) and
 *   c+ = c + (|S|/N) (1/|S|) sum_S (c_i+ - c_i), both with all clients alike. Every c_i is 0 at first, so c stays the
 *   mean of c_i over all N clients, including those that have not been asked yet.
 *
 * N is the sample's shards unless the settings say otherwise. With volunteers who bring their own data it is the
 * number of volunteers expected over the whole run: too small an N makes c too long, too large an N too short. More
 * updates than N count as N.
 */
import { Type } from "typebox";
import { ServerRate } from "../settings.ts";
import { remembered, type Strategy } from "../strategy.ts";

const Settings = Type.Object(
  {
    kind: Type.Literal("scaffold"),
    serverRate: ServerRate(1),
    population: Type.Union([Type.Integer({ minimum: 1, maximum: 10_000_000 }), Type.Null()], {
      default: null,
      title: "Volunteers in all",
      description: "Expected over the whole run. Empty: as many as there are sample shards.",
    }),
  },
  { additionalProperties: false },
);

/** Control variates on server and clients; the state holds c as `control`. */
export const scaffold: Strategy<typeof Settings> = {
  kind: "scaffold",
  label: "SCAFFOLD",
  description: "Control variates take out of each volunteer's steps how its data differ from everybody's.",
  settings: Settings,
  weighting: "uniform",
  clientRule: () => ({ proximal: 0, controlVariates: true }),
  combine({ serverRate, population }, { start, mean, controlMean, updates, shards, state }) {
    const control = remembered(state, "control", start.length);
    const share = Math.min(1, updates / (population ?? shards));
    return {
      parameters: start.map((value, at) => value + serverRate * (mean[at] ?? 0)),
      state: { control: control.map((value, at) => value + share * (controlMean?.[at] ?? 0)) },
    };
  },
};
