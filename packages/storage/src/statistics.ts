import { type ColumnFigures, needsFigures, type Plan, type RunId, type Task } from "@tributary/protocol";
import { type Database, json, type Queryable } from "./database.ts";
import { notifyRuns } from "./notifications.ts";

/** One volunteer's figures of a run's columns. */
export type Contribution = { readonly contributor: string; readonly figures: ColumnFigures };

/** What volunteers say of their columns before a run trains. */
export type StatisticsStorage = {
  /**
   * Adds a volunteer's figures, or replaces what it sent before, and says how many volunteers' figures there are. Once
   * `complete` makes a task of them all, the run's plan has it, in the same transaction; from then on figures are ignored.
   */
  add(run: RunId, contribution: Contribution, complete: Completing): Promise<number>;
  /** The number of volunteers whose figures are kept. */
  count(run: RunId): Promise<number>;
};

/** The plan's task with every scale; null while too few have sent their figures. Pure. */
export type Completing = (plan: Plan, all: readonly ColumnFigures[]) => Task | null;

/** The statistics on `sql`. */
export function statisticsStorage(sql: Database): StatisticsStorage {
  return {
    add: (run, contribution, complete) =>
      sql.begin((transaction) => addOnce(transaction, run, contribution, complete)),
    async count(run) {
      const [row] = await sql<{ count: number }[]>`
        /* count-statistics */ select count(*) as count from statistics where run = ${run}`;
      return row?.count ?? 0;
    },
  };
}

/** Of several that add at once each waits for the one before, so that the task follows from exactly what is kept. */
async function addOnce(
  sql: Queryable,
  run: RunId,
  { contributor, figures }: Contribution,
  complete: Completing,
): Promise<number> {
  const [stored] = await sql<{ plan: Plan }[]>`
    /* hold-run */ select plan from runs where run = ${run} for update`;
  if (stored === undefined) throw new Error(`there is no run ${run}`);
  const isOpen = needsFigures(stored.plan.task);
  if (isOpen) {
    await sql`
      /* add-statistics */
      insert into statistics (run, contributor, figures) values (${run}, ${contributor}, ${json(sql, figures)})
      on conflict (run, contributor) do update set figures = excluded.figures, at = now()`;
  }
  const all = await sql<{ figures: ColumnFigures }[]>`
    /* list-statistics */ select figures from statistics where run = ${run} order by contributor`;
  if (isOpen)
    await completePlan(
      sql,
      run,
      complete(
        stored.plan,
        all.map((each) => each.figures),
      ),
    );
  return all.length;
}

async function completePlan(sql: Queryable, run: RunId, task: Task | null): Promise<void> {
  if (task !== null) {
    await sql`
      /* complete-plan */
      update runs set plan = jsonb_set(plan, '{task}', ${json(sql, task)}) where run = ${run}`;
  }
  await notifyRuns(sql, run);
}
