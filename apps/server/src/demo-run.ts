/**
 * The run that a newcomer finds: small enough that one browser tab on two cores sees rounds, the synthesis and
 * refined rounds within minutes, on the Fashion-MNIST images that come with the repository.
 */

import type { Datasets } from "@tributary/datasets/node";
import { definitionOf, demoPlan, describeProblems } from "@tributary/protocol";
import type { Storage } from "@tributary/storage";
import { createRun } from "./admin/create-run.ts";
import { planProblems } from "./admin/plan-problems.ts";
import type { LiveRuns } from "./coordinator/live-runs.ts";

export const demoRunName = "Fashion-MNIST demo";

/**
 * On a database without runs, creates the demo run and starts it. Returns its id, or null where nothing was made:
 * there are runs already, or the sample data is missing (said in the log).
 */
export async function createDemoRun(
  deps: { readonly storage: Storage; readonly live: LiveRuns; readonly datasets: Datasets },
  log: (message: string) => void,
): Promise<string | null> {
  const { storage, live, datasets } = deps;
  if ((await storage.runs.list()).length > 0) return null;
  const version = await storage.tasks.add(definitionOf(demoPlan.task));
  const plan = { ...demoPlan, task: { ...demoPlan.task, version } };
  const problems = await planProblems(plan, datasets);
  if (problems.length > 0) {
    log(`no demo run: ${describeProblems(problems)}`);
    return null;
  }
  const run = await createRun(deps, { name: demoRunName, plan });
  await live.act(run, "start");
  await storage.audit.record("server", "create-run", run, "the demo run of an empty database");
  return run;
}
