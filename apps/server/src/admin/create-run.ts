/** Creates a run with its initial model, and hands it to the coordinator. */
import { initialParameters, initSeed } from "@tributary/model";
import type { CreateRunBody } from "@tributary/protocol";
import { snapshotOf } from "../compute/float-bytes.ts";
import type { LiveRuns } from "../live-runs.ts";
import type { Storage } from "../storage/storage.ts";

/** Returns the new run's id. The plan must have passed `checkPlan`. */
export async function createRun(
  deps: { readonly storage: Storage; readonly live: LiveRuns },
  { name, plan }: CreateRunBody,
): Promise<string> {
  const taken = new Set((await deps.storage.runs.list()).map(({ run }) => run));
  const run = freeRunId(name, taken);
  const initial = snapshotOf(initialParameters(plan.network, initSeed(plan.seed)));
  await deps.storage.runs.create({ run, name, plan, initial });
  await deps.live.adopt(run);
  return run;
}

/** "Fashion-MNIST demo" -> fashion-mnist-demo; a name already taken gets -2, -3, ... */
export function freeRunId(name: string, taken: ReadonlySet<string>): string {
  const words = name
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 50)
    .replace(/^-+|-+$/g, "");
  const base = words === "" ? "run" : words;
  for (let number = 1; ; number++) {
    const run = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(run)) return run;
  }
}
