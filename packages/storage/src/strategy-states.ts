import type { Database, Queryable } from "./database.ts";
import type { StateVector, Storage } from "./storage.ts";

export function strategyStateStorage(sql: Database): Storage["strategyStates"] {
  return {
    async before(run, round) {
      return sql<StateVector[]>`
        select name, hash, vector from strategy_states
        where run = ${run} and round = (
          select max(round) from strategy_states where run = ${run} and round < ${round})
        order by name`;
    },
    async listBefore(run, round) {
      return sql<(Omit<StateVector, "vector"> & { readonly round: number })[]>`
        select round, name, hash from strategy_states
        where run = ${run} and round = (
          select max(round) from strategy_states where run = ${run} and round < ${round})
        order by name`;
    },
    async byHash(run, hash) {
      const [row] = await sql<StateVector[]>`
        select name, hash, vector from strategy_states
        where run = ${run} and hash = ${hash} order by round, name limit 1`;
      return row ?? null;
    },
  };
}

/** Throws where the round has such a vector already. */
export async function storeStrategyState(
  sql: Queryable,
  run: string,
  round: number,
  vectors: readonly StateVector[],
): Promise<void> {
  for (const { name, hash, vector } of vectors) {
    await sql`
      insert into strategy_states (run, round, name, hash, vector)
      values (${run}, ${round}, ${name}, ${hash}, ${vector})`;
  }
}
