import { needsFigures } from "@tributary/protocol";
import type { Storage } from "@tributary/storage";

/** Why nobody can join a run yet that is there; null: there is no such run, or nothing stands against it. */
export async function waitingReason(storage: Pick<Storage, "runs">, run: string): Promise<string | null> {
  const stored = await storage.runs.find(run);
  if (stored === null || !needsFigures(stored.plan.task)) return null;
  return `run ${run} waits for its volunteers' figures: send yours to /api/runs/${run}/statistics first`;
}
