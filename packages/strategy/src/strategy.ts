/**
 * What a strategy is. Legend: P parameters, S the clients whose updates a round combines, N the clients that the run is for.
 */
import type { Static, TObject } from "typebox";

/** How a round's updates weigh in their mean: by the examples that they were trained on, or each alike. */
export type Weighting = "examples" | "uniform";

/** What a client adds to the gradient g of each mini-batch: its optimiser sees g + proximal (x - start) + c - c_i. */
export type ClientRule = {
  /** mu, 0 for none. */
  readonly proximal: number;
  /**
   * Whether the server's control variate c and the client's own c_i correct each gradient. The update then carries
   * c_i+ - c_i beside its delta, and c is the vector `control` of the strategy's state.
   */
  readonly controlVariates: boolean;
};

/** Named vectors [P] that the server remembers from one combined round to the next; {} before the first. */
export type StrategyState = Readonly<Record<string, Float32Array>>;

export type Combination = {
  /** x, the model that the round began with [P]. */
  readonly start: Float32Array;
  /** Delta, the weighted mean of y_i - x over S [P]. */
  readonly mean: Float64Array;
  /** Mean of c_i+ - c_i over S [P], each client alike; null where the rule has no control variates. */
  readonly controlMean: Float64Array | null;
  /** |S|, at least 1. */
  readonly updates: number;
  /** How many sample shards the run lends: N, unless the settings know better. */
  readonly shards: number;
  readonly state: StrategyState;
};

export type Combined = { readonly parameters: Float32Array; readonly state: StrategyState };

/** `Schema` describes the settings as they stand in a plan, `kind` included. */
export type Strategy<Schema extends TObject = TObject> = {
  readonly kind: string;
  /** For people: its name, and one line on what it does. */
  readonly label: string;
  readonly description: string;
  /** Every property but `kind` has a range, a `default` and a `title`, and may have a `description`. */
  readonly settings: Schema;
  readonly weighting: Weighting;
  clientRule(settings: Static<Schema>): ClientRule;
  /** The round's model and the state after it. Pure; writes to none of its arguments. */
  combine(settings: Static<Schema>, round: Combination): Combined;
};

export const noCorrection: ClientRule = { proximal: 0, controlVariates: false };

/** A vector of the state, or one that is `value` everywhere before the first round. */
export function remembered(state: StrategyState, name: string, parameters: number, value = 0): Float32Array {
  return state[name] ?? new Float32Array(parameters).fill(value);
}
