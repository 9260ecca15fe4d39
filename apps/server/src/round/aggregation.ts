import { createAggregate, finishAggregate, fixedPointScale, foldUpdate } from "@tributary/model";
import { decodeValues, type Hash, type Plan } from "@tributary/protocol";
import { snapshotOf } from "../compute/float-bytes.ts";
import type { SnapshotInput, Storage } from "../storage/storage.ts";
import type { RoundDeps } from "./round-deps.ts";
import { rulesOf } from "./rules.ts";

/**
 * snapshot + weighted mean of the round's stored updates, one update in memory at a time. The same updates give
 * the same bytes, in whatever order the store hands them out.
 */
export async function aggregateRound(
  storage: Storage,
  run: { readonly run: string; readonly plan: Plan },
  round: { readonly round: number; readonly snapshot: Hash; readonly updates: number },
  deps: RoundDeps,
): Promise<SnapshotInput> {
  const start = await storage.snapshots.byHash(run.run, round.snapshot);
  if (start === null) throw new Error(`run ${run.run} has no snapshot ${round.snapshot}`);
  const parameters = decodeValues(start.parameters, "float32");
  const { maxExamples, maxMagnitude } = run.plan.limits;
  const scale = fixedPointScale({ maxUpdates: rulesOf(run.plan).size, maxExamples, maxMagnitude });

  const aggregate = createAggregate(parameters.length, scale);
  for await (const update of storage.updates.stream(run.run, round.round)) {
    foldUpdate(aggregate, decodeValues(update.delta, update.dtype), update.examples);
    await deps.yieldToEvents();
  }
  if (aggregate.updates !== round.updates) {
    throw new Error(
      `round ${round.round} counts ${round.updates} updates, the store has ${aggregate.updates}`,
    );
  }
  return snapshotOf(finishAggregate(aggregate, parameters));
}
