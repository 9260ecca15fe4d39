import type { Runtime } from "@tributary/platform";
import { decodeValues, type Hash, type Plan } from "@tributary/protocol";
import { openRoundAggregate } from "@tributary/rounds";
import type { SnapshotInput, StateVector, Storage } from "@tributary/storage";
import { snapshotOf } from "@tributary/storage";
import type { StrategyState } from "@tributary/strategy";

/** A round's model, and what its strategy remembers after it. */
export type AggregatedRound = { readonly snapshot: SnapshotInput; readonly state: readonly StateVector[] };

type Run = { readonly id: string; readonly plan: Plan };

/**
 * Aggregates a round's stored updates onto its snapshot, with one update in memory at a time. The same updates give the
 * same bytes, in whatever order the store hands them out. Throws when the snapshot is missing, or when the store has
 * another number of updates than the round counts.
 */
export async function aggregateRound(
  storage: Storage,
  run: Run,
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
  const found = aggregate.updates();
  if (found !== round.updates) {
    throw new Error(`round ${round.round} counts ${round.updates} updates, the store has ${found}`);
  }
  const { parameters: model, state } = aggregate.finish(parameters, await stateBefore(storage, run, round));
  return { snapshot: snapshotOf(model), state: Object.entries(state).map(vectorOf) };
}

async function stateBefore(
  storage: Storage,
  run: Run,
  { round }: { readonly round: number },
): Promise<StrategyState> {
  const stored = await storage.strategyStates.before(run.id, round);
  return Object.fromEntries(stored.map(({ name, vector }) => [name, decodeValues(vector, "float32")]));
}

function vectorOf([name, values]: [string, Float32Array]): StateVector {
  const { hash, parameters } = snapshotOf(values);
  return { name, hash, vector: parameters };
}
