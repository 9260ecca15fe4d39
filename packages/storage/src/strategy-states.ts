import type { Hash, RunId } from "@tributary/protocol";
import type { Database, Queryable } from "./database.ts";

/** A vector of a strategy's state, as little-endian float32 bytes, named also by the SHA-256 of those bytes. */
export type StateVector = { readonly name: string; readonly hash: Hash; readonly vector: Uint8Array };

/** What the strategy remembers after the round. A second state of the same round fails the commit. */
export type StrategyStateWrite = {
  readonly type: "store-strategy-state";
  readonly round: number;
  readonly vectors: readonly StateVector[];
};

/** What a strategy's server side remembers from round to round. Vectors come in order of their names. */
export type StrategyStateStorage = {
  /** The state after the newest aggregated round before `round`; empty where there is none yet. */
  before(run: RunId, round: number): Promise<readonly StateVector[]>;
  /** The same without the bytes, with the round after which it was stored. */
  listBefore(
    run: RunId,
    round: number,
  ): Promise<readonly (Omit<StateVector, "vector"> & { readonly round: number })[]>;
  byHash(run: RunId, hash: Hash): Promise<StateVector | null>;
};

/** The strategy states on `sql`. */
export function strategyStateStorage(sql: Database): StrategyStateStorage {
  return {
    async before(run, round) {
      return sql<StateVector[]>`
        /* read-strategy-state */
        select name, hash, vector from strategy_states
        where run = ${run} and round = (
          select max(round) from strategy_states where run = ${run} and round < ${round})
        order by name`;
    },
    async listBefore(run, round) {
      return sql<(Omit<StateVector, "vector"> & { readonly round: number })[]>`
        /* list-strategy-state */
        select round, name, hash from strategy_states
        where run = ${run} and round = (
          select max(round) from strategy_states where run = ${run} and round < ${round})
        order by name`;
    },
    async byHash(run, hash) {
      const [row] = await sql<StateVector[]>`
        /* read-strategy-vector */
        select name, hash, vector from strategy_states
        where run = ${run} and hash = ${hash} order by round, name limit 1`;
      return row ?? null;
    },
  };
}

/** Throws where the round has such a vector already. */
export async function storeStrategyState(
  sql: Queryable,
  run: RunId,
  { round, vectors }: StrategyStateWrite,
): Promise<void> {
  for (const { name, hash, vector } of vectors) {
    await sql`
      /* store-strategy-vector */
      insert into strategy_states (run, round, name, hash, vector)
      values (${run}, ${round}, ${name}, ${hash}, ${vector})`;
  }
}
