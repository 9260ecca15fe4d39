import type { Runtime } from "@tributary/platform";
import { decodeValues, type Hash, type Plan } from "@tributary/protocol";
import { openCombination } from "@tributary/rounds";
import type { SnapshotInput, StateVector, Storage } from "@tributary/storage";
import { snapshotOf } from "@tributary/storage";

/** A round's model, and what its strategy remembers after it. */
export type CombinedRound = { readonly snapshot: SnapshotInput; readonly state: readonly StateVector[] };

/**
 * The round's stored updates combined onto its snapshot, one update in memory at a time. The same updates give the same
 * bytes, in whatever order the store hands them out.
 */
export async function aggregateRound(
  storage: Storage,
  run: { readonly run: string; readonly plan: Plan },
  round: { readonly round: number; readonly snapshot: Hash; readonly updates: number },
  deps: Runtime,
): Promise<CombinedRound> {
  const start = await storage.snapshots.byHash(run.run, round.snapshot);
  if (start === null) throw new Error(`run ${run.run} has no snapshot ${round.snapshot}`);
  const parameters = decodeValues(start.parameters, "float32");

  const combination = openCombination(run.plan, parameters.length);
  for await (const update of storage.updates.stream(run.run, round.round)) {
    combination.add(decodeValues(update.delta, update.dtype), update.examples);
    await deps.yieldToEvents();
  }
  if (combination.updates() !== round.updates) {
    throw new Error(
      `round ${round.round} counts ${round.updates} updates, the store has ${combination.updates()}`,
    );
  }
  const before = await storage.strategyStates.before(run.run, round.round);
  const remembered = before.map(({ name, vector }) => [name, decodeValues(vector, "float32")]);
  const combined = combination.finish(parameters, Object.fromEntries(remembered));
  return {
    snapshot: snapshotOf(combined.parameters),
    state: Object.entries(combined.state).map(([name, values]) => {
      const { hash, parameters: vector } = snapshotOf(values);
      return { name, hash, vector };
    }),
  };
}
