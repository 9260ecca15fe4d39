/** What the operator does to a run. */
import { type Runtime, wait } from "@tributary/platform";
import type { RunState } from "@tributary/rounds";
import type { EventQueue } from "./event-queue.ts";
import type { ActionOutcome, RunAction } from "./live-runs.ts";

export type SteeringParts = {
  readonly state: () => RunState;
  readonly queue: Pick<EventQueue, "lead" | "inTurn">;
  readonly deps: Runtime;
};

/** How long an action waits for the lead, which may be about to change hands. */
const PATIENCE_MS = 3000;
const eventOf = { start: "started", pause: "pause-requested", stop: "stop-requested" } as const;

/** Resolves once the action is committed, or refused with the reason. Rejects when it cannot be stored. */
export async function steer(parts: SteeringParts, action: RunAction): Promise<ActionOutcome> {
  const outcome = await takeAction(parts, action);
  if (!outcome.ok)
    parts.deps.log.info({ action, reason: outcome.reason }, "an action of the operator is refused");
  return outcome;
}

async function takeAction({ queue, state, deps }: SteeringParts, action: RunAction): Promise<ActionOutcome> {
  await Promise.race([queue.lead.held(), wait(deps, PATIENCE_MS)]);
  if (!queue.lead.isHeld()) return { ok: false, reason: "another server coordinates this run" };
  const outcome = await queue.inTurn(async (record): Promise<ActionOutcome> => {
    const { phase } = state();
    const recorded = await record({ type: eventOf[action], atMs: deps.nowMs() });
    if (recorded.outcome === "committed") return { ok: true };
    return { ok: false, reason: `cannot ${action} a run that is ${phase}` };
  });
  return outcome ?? { ok: false, reason: "the server is closing" };
}
