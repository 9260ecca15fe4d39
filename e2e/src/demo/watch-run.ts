/** Follows a run to its end, and notices if it will not get there. */
import { setTimeout as sleep } from "node:timers/promises";
import type { RunDetail } from "@tributary/protocol";
import type { AdminApi } from "../admin-api.ts";
import { isSettled } from "./progress.ts";

const POLL_MS = 1000;
/** Longer than any step of the run takes on two slow cores. */
const PATIENCE_MS = 5 * 60_000;

/**
 * Returns the run's last detail, once it is finished and every round is evaluated.
 * @throws Error when the run stops, its synthesis fails, or nothing changes for five minutes
 */
export async function watchRun(
  api: AdminApi,
  run: string,
  onDetail: (detail: RunDetail) => void,
  signal: AbortSignal,
): Promise<RunDetail> {
  let last = "";
  let changedAtMs = Date.now();
  for (;;) {
    const detail = await api.detail(run);
    onDetail(detail);
    if (isOver(detail)) return detail;
    const problem = problemOf(detail);
    if (problem !== null) throw new Error(problem);
    const state = stateOf(detail);
    if (state !== last) changedAtMs = Date.now();
    last = state;
    if (Date.now() - changedAtMs > PATIENCE_MS) {
      throw new Error(`nothing has changed for ${PATIENCE_MS / 60_000} minutes: ${state}`);
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

function isOver({ summary, rounds }: RunDetail): boolean {
  return summary.activity.state === "finished" && rounds.every(isSettled);
}

function problemOf({ summary, synthesis }: RunDetail): string | null {
  if (summary.activity.state === "stopped") return "the run was stopped";
  if (synthesis?.state === "failed") return `the synthesis failed: ${synthesis.failure ?? "no reason given"}`;
  return null;
}

/** Everything that changes while a run makes progress. The time left to the deadline changes in any case. */
function stateOf({ summary, rounds, synthesis }: RunDetail): string {
  const { state, ...numbers } = summary.activity;
  const moving = Object.entries(numbers).filter(([name]) => name !== "deadlineInMs");
  return JSON.stringify({
    state,
    ...Object.fromEntries(moving),
    settled: rounds.filter(isSettled).length,
    iteration: synthesis?.iteration ?? 0,
  });
}
