/** Creates a run with its initial model, and hands it to the coordinator. */
import { initialParameters, initSeed } from "@tributary/model";
import { networkOf, type Plan } from "@tributary/protocol";
import type { Storage } from "@tributary/storage";
import { snapshotOf } from "@tributary/storage";
import type { LiveRuns } from "../coordinator/live-runs.ts";

/** Returns the new run's id. The plan must have passed `checkPlan`. Of two runs of one name each gets its own id. */
export async function createRun(
  deps: { readonly storage: Storage; readonly live: LiveRuns },
  { name, plan }: { readonly name: string; readonly plan: Plan },
): Promise<string> {
  const initial = snapshotOf(initialParameters(networkOf(plan), initSeed(plan.seed)));
  const run = await createAs(deps.storage, { name, plan, initial });
  await deps.live.adopt(run);
  return run;
}

/** Another request may take the id between the look and the insert: the run is then looked for a free one again. */
async function createAs(
  storage: Storage,
  wanted: Omit<Parameters<Storage["runs"]["create"]>[0], "id">,
): Promise<string> {
  for (;;) {
    const taken = new Set((await storage.runs.list()).map(({ id: run }) => run));
    const run = freeRunId(wanted.name, taken);
    try {
      await storage.runs.create({ ...wanted, id: run });
      return run;
    } catch (error) {
      if ((await storage.runs.find(run)) === null) throw error;
    }
  }
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
