import { type Effects, graced, resume } from "@tributary/rounds";
import { type AttendanceParts, dropAbsent } from "./attendance.ts";
import type { CommittedUpdates } from "./committed-updates.ts";
import type { EvaluationBoard } from "./evaluation-board.ts";
import type { Ledger } from "./ledger.ts";
import type { Timers } from "./timers.ts";

export type TakeOverParts = AttendanceParts & {
  readonly ledger: Ledger;
  readonly committed: Pick<CommittedUpdates, "load">;
  readonly evaluations: Pick<EvaluationBoard, "refresh">;
  readonly timers: Timers;
  readonly perform: (effects: Effects) => void;
  readonly onMoved: () => void;
};

/**
 * Reads where the run stands, and performs what it waits for. Volunteers may not be connected yet: a deadline leaves them
 * at least `rejoinGraceMs`, and members of the cohort who have not come back by then are dropped. Rejects when the
 * database cannot be read, before anything is performed.
 */
export async function takeOver(parts: TakeOverParts, rejoinGraceMs: number): Promise<void> {
  await parts.ledger.rebuild();
  await parts.committed.load();
  await parts.evaluations.refresh();
  parts.deps.log.info({ phase: parts.state().phase }, "lead taken");
  parts.perform(graced(resume(parts.ledger.state()), rejoinGraceMs));
  parts.timers.later(rejoinGraceMs, () => dropAbsent(parts));
  parts.onMoved();
}
