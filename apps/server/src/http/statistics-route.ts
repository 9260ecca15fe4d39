/** POST /api/runs/:run/statistics: volunteers' figures for the columns of a run, before it trains. No cookie, no login. */
import { addStatistics, scalesFromStatistics } from "@tributary/datasets/tables";
import {
  type ColumnFigures,
  figuresProblems,
  needsFigures,
  type Plan,
  problemsBelow,
  type StatisticsAnswer,
  type StatisticsBody,
  type Task,
} from "@tributary/protocol";
import type { StoredRun } from "@tributary/storage";
import type { FastifyInstance } from "fastify";
import { badBody } from "./errors.ts";
import { onPost } from "./json-routes.ts";
import { findRun, type ViewDeps } from "./run-view.ts";

/** Calls a minute and address: a room of volunteers behind one address sends once each. */
const sendsPerMinute = 120;

export function registerStatistics(app: FastifyInstance, deps: ViewDeps): void {
  onPost(
    app,
    "/api/runs/:run/statistics",
    async ({ params, body }) => addFigures(deps, await findRun(deps, params.run), body),
    { rateLimit: { max: sendsPerMinute, timeWindow: 60_000 } },
  );
}

/** Figures that come after the run's scales are fixed change nothing. */
async function addFigures(
  { storage, live }: ViewDeps,
  { id: run, plan }: StoredRun,
  contribution: StatisticsBody,
): Promise<StatisticsAnswer> {
  const needed = plan.cohort.minimum;
  if (!needsFigures(plan.task)) return { contributors: await storage.statistics.count(run), needed };
  const problems = figuresProblems(plan, contribution.figures);
  if (problems.length > 0) throw badBody(problemsBelow("/figures", problems));
  const contributors = await storage.statistics.add(run, contribution, completeTask);
  if (contributors >= needed) await live.adopt(run);
  return { contributors, needed };
}

/** The task with the scales of everybody's figures together; null while there are fewer than the cohort's minimum. */
function completeTask({ task, cohort }: Plan, all: readonly ColumnFigures[]): Task | null {
  const [first, ...others] = all;
  if (task.kind === "image-classification" || first === undefined || all.length < cohort.minimum) return null;
  return scalesFromStatistics(task, others.reduce<readonly ColumnFigures[number][]>(addStatistics, first));
}
