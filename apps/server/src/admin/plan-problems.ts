/** Whether a plan can run on this server. */
import type { Datasets } from "@tributary/datasets/node";
import { reasonOf } from "@tributary/platform";
import type { Plan, Problem } from "@tributary/protocol";
import { checkPlan } from "@tributary/rounds";

/** The problems of `checkPlan`, with the plan's data set read as its task reads it: what cannot be read is a problem now. */
export async function planProblems(plan: Plan, datasets: Datasets): Promise<readonly Problem[]> {
  const known = await datasets.list();
  const named = known.find(({ name }) => name === plan.sample?.dataset);
  if (named === undefined) return checkPlan(plan, known);
  try {
    return checkPlan(plan, [await datasets.summary(named.name, plan.task)]);
  } catch (error) {
    const message = `must be readable for this task: ${reasonOf(error)}`;
    return [...checkPlan(plan, known), { path: "/sample/dataset", message }];
  }
}
