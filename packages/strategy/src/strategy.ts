/**
 * What a strategy is.
 * Legend: P parameters; x the model that a round begins with, y_i the model that client i ends with, both [P]; c and
 * c_i the control variates of server and client, [P]; S the clients whose updates a round combines, N the clients
 * that the run is for.
 */
import type { Static, TObject } from "typebox";

/** How a round's updates weigh in their mean: by the examples that they were trained on, or all alike. */
export type Weighting = "examples" | "uniform";

/**
 * What a client adds to the gradient g of each mini-batch: at y_i its optimiser takes g + proximal (y_i - x) + c - c_i.
 */
export type ClientRule = {
  /** The proximal weight mu, at least 0; 0 adds nothing. */
  readonly proximal: number;
  /**
   * Whether the server's control variate c and the client's own c_i correct each gradient. The update then carries
   * c_i+ - c_i, the change of the client's own, beside its delta y_i - x; c is the vector `control` of the state.
   */
  readonly controlVariates: boolean;
};

/** Named vectors [P] that the server remembers from one combined round to the next. Empty before the first. */
export type StrategyState = Readonly<Record<string, Float32Array>>;

/** What a round's updates have come to, and what they are combined with. */
export type Combination = {
  /** x, [P] */
  readonly start: Float32Array;
  /** Delta, the weighted mean of y_i - x over S, [P]. */
  readonly mean: Float64Array;
  /** The mean of c_i+ - c_i over S with all clients alike, [P]; null where the rule has no control variates. */
  readonly controlMean: Float64Array | null;
  /** |S|, at least 1. */
  readonly updates: number;
  /** Sample shards that the run lends to volunteers. This is N, unless the settings say otherwise. */
  readonly shards: number;
  readonly state: StrategyState;
};

/** The round's model [P], and the state that the next round begins with. */
export type Combined = { readonly parameters: Float32Array; readonly state: StrategyState };

/** A strategy. `Schema` describes its settings as they stand in a plan, `kind` included. */
export type Strategy<Schema extends TObject = TObject> = {
  /** Its name in a plan. */
  readonly kind: string;
  /** Its name for people, and one line on what it does. */
  readonly label: string;
  readonly description: string;
  /** Every property but `kind` has a range, a `default` and a `title`, and may have a `description`. */
  readonly settings: Schema;
  /** How updates weigh in `mean`. */
  readonly weighting: Weighting;
  /** What clients do in a round. */
  clientRule(settings: Static<Schema>): ClientRule;
  /** The round's model and the state after it. Pure: it writes to none of its arguments. */
  combine(settings: Static<Schema>, round: Combination): Combined;
};

/** Clients train on the plain gradient. */
export const noCorrection: ClientRule = { proximal: 0, controlVariates: false };

/** The state's vector of that name [P]; before the first round, a vector that is `value` everywhere. */
export function remembered(state: StrategyState, name: string, parameters: number, value = 0): Float32Array {
  return state[name] ?? new Float32Array(parameters).fill(value);
}
