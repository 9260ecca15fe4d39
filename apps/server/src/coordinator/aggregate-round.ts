import type { Runtime } from "@tributary/platform";
import { decodeValues, type Hash, type Plan } from "@tributary/protocol";
import { openRoundAggregate } from "@tributary/rounds";
import type { SnapshotInput, StateVector, Storage } from "@tributary/storage";
import { snapshotOf } from "@tributary/storage";

/** A round's model, and what its strategy remembers after it. */
export type AggregatedRound = { readonly snapshot: SnapshotInput; readonly state: readonly StateVector[] };

/**
 * The round's stored updates aggregated onto its snapshot, one update in memory at a time. The same updates give the same
 * bytes, in whatever order the store hands them out.
 */
export async function aggregateRound(
  storage: Storage,
  run: { readonly id: string; readonly plan: Plan },
  round: { readonly round: number; readonly snapshot: Hash; readonly updates: number },
  deps: Runtime,
): Promise<AggregatedRound> {
  const start = await storage.snapshots.byHash(run.id, round.snapshot);
  if (start === null) throw new Error(`run ${run.id} has no snapshot ${round.snapshot}`);
  const parameters = decodeValues(start.parameters, "float32");

  const aggregate = openRoundAggregate(run.plan, parameters.length);
  for await (const update of storage.updates.stream(run.id, round.round)) {
    aggregate.add(decodeValues(update.delta, update.dtype), update.examples);
    await deps.yieldToEvents();
  }
  if (aggregate.updates() !== round.updates) {
    throw new Error(
      `round ${round.round} counts ${round.updates} updates, the store has ${aggregate.updates()}`,
    );
  }
  const before = await storage.strategyStates.before(run.id, round.round);
  const remembered = before.map(({ name, vector }) => [name, decodeValues(vector, "float32")]);
  const aggregated = aggregate.finish(parameters, Object.fromEntries(remembered));
  return {
    snapshot: snapshotOf(aggregated.parameters),
    state: Object.entries(aggregated.state).map(([name, values]) => {
      const { hash, parameters: vector } = snapshotOf(values);
      return { name, hash, vector };
    }),
  };
}
