import { cohortSeed, createRng } from "@tributary/model";
import type { VolunteerId } from "@tributary/protocol";
import type { RunRules } from "./rules.ts";
import type { RunState } from "./state.ts";

/** A source of randomness: `integer` draws a whole number of [0, below), each equally likely. */
export type Draw = { integer(below: number): number };

/**
 * Draws at most `size` of the available volunteers, each subset equally likely. The result, sorted by id, depends on the
 * set and the draw alone, never on the order in which its members became available.
 */
export function selectCohort(
  available: Iterable<VolunteerId>,
  size: number,
  draw: Draw,
): readonly VolunteerId[] {
  const pool = [...new Set(available)].sort();
  const count = Math.min(size, pool.length);
  for (let i = 0; i < count; i++) {
    const j = i + draw.integer(pool.length - i);
    const chosen = pool[j] as VolunteerId;
    pool[j] = pool[i] as VolunteerId;
    pool[i] = chosen;
  }
  return pool.slice(0, count).sort();
}

/**
 * Draws the cohort of the next round with the plan's `seed` and the round's number. Returns null while fewer
 * volunteers are available than the rules' `minimum`, and in every phase in which no round may open.
 */
export function nextCohort(
  state: RunState,
  available: readonly VolunteerId[],
  rules: RunRules,
  seed: number,
): readonly VolunteerId[] | null {
  if (state.phase !== "waiting" || available.length < rules.minimum) return null;
  return selectCohort(available, rules.size, createRng(cohortSeed(seed, state.round)));
}
