/** Notices what the compute process leaves in the store: ends of jobs, progress, accuracies. */
import { type Runtime, reasonOf } from "@tributary/platform";
import type { Storage, StoredRun } from "@tributary/storage";
import type { EvaluationBoard } from "./evaluation-board.ts";
import type { JobWatch } from "./job-watch.ts";
import type { Roster } from "./roster.ts";
import type { Timers } from "./timers.ts";

export type StoreWatchParts = {
  readonly storage: Pick<Storage, "listen">;
  readonly run: StoredRun;
  readonly jobs: Pick<JobWatch, "check">;
  readonly evaluations: Pick<EvaluationBoard, "isWaiting" | "refresh">;
  readonly roster: Roster;
  readonly timers: Timers;
  readonly announce: () => void;
  readonly deps: Runtime;
};

/**
 * Looks at jobs with every notification of the run, and at jobs and evaluations every `pollMs` until the timers are
 * closed. Resolves with the way to stop listening. Rejects when the database does not let it listen.
 */
export async function watchStore(parts: StoreWatchParts, pollMs: number): Promise<() => Promise<void>> {
  void poll(parts, pollMs);
  return parts.storage.listen("runs", (changed) => {
    if (changed === parts.run.id) parts.jobs.check();
  });
}

/** Evaluations wait for the poll: every commit notifies, and reading all rounds each time would cost too much. */
async function poll(parts: StoreWatchParts, pollMs: number): Promise<void> {
  parts.jobs.check();
  try {
    await tellEvaluations(parts);
  } catch (error) {
    parts.deps.log.warn({ reason: reasonOf(error) }, "evaluations could not be read");
  }
  parts.timers.later(pollMs, () => void poll(parts, pollMs));
}

async function tellEvaluations({ evaluations, roster, announce }: StoreWatchParts): Promise<void> {
  if (!evaluations.isWaiting()) return;
  const news = await evaluations.refresh();
  for (const message of news) roster.broadcast(message);
  if (news.length > 0) announce();
}
