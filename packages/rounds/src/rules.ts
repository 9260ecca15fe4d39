import type { Plan } from "@tributary/protocol";

/** The part of a plan that the round machine decides by. */
export type RunRules = {
  /** Rounds to aggregate; abandoned rounds do not count. */
  readonly rounds: number;
  /** Volunteers that must be available before a round opens; never below the quorum. */
  readonly minimum: number;
  /** Members of a cohort, at most. */
  readonly size: number;
  /** Updates without which a round is abandoned. */
  readonly quorum: number;
  /** How long a round may take from its opening. */
  readonly deadlineMs: number;
  /** Snapshots of a complete trajectory, the initialisation included; null: no DynaFed. */
  readonly trajectory: number | null;
  /** Rounds from one synthesis to the next; null: there is one at most. */
  readonly refreshEvery: number | null;
  /** Whether the server has data of its own to evaluate models on. */
  readonly evaluates: boolean;
};

/** The rules of a plan. Where a plan contradicts itself, the smaller cohort wins: quorum <= minimum <= size. */
export function rulesOf(plan: Plan): RunRules {
  const { minimum, size, quorum, deadlineMs } = plan.cohort;
  const reachable = Math.min(quorum, size);
  return {
    rounds: plan.rounds,
    minimum: Math.min(Math.max(minimum, reachable), size),
    size,
    quorum: reachable,
    deadlineMs,
    trajectory: plan.dynafed?.snapshots ?? null,
    refreshEvery: plan.dynafed?.refreshEvery || null,
    evaluates: plan.sample !== null,
  };
}
