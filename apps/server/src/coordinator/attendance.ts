/** Who is there: volunteers join a run, become available, leave, and come back. */
import type { Runtime } from "@tributary/platform";
import type { RunActivity, VolunteerId } from "@tributary/protocol";
import type { RunState } from "@tributary/rounds";
import type { Presence } from "./coordination.ts";
import type { EvaluationBoard } from "./evaluation-board.ts";
import type { Ask } from "./invitations.ts";
import { type CohortParts, seekCohort } from "./performer.ts";
import type { Connection, Member, Training } from "./roster.ts";
import type { TrafficMeter } from "./traffic-meter.ts";

export type AttendanceParts = CohortParts & {
  readonly state: () => RunState;
  readonly activity: () => RunActivity;
  readonly announce: () => void;
  readonly evaluations: Pick<EvaluationBoard, "history">;
  readonly ask: Ask;
  readonly traffic: TrafficMeter;
  readonly deps: Runtime;
};

/** Takes a volunteer in: tells it where the run stands, and gives it its place. */
export function join(parts: AttendanceParts, volunteer: VolunteerId, connection: Connection): Presence {
  const member = parts.roster.add(volunteer, connection);
  tellStanding(parts, connection);
  parts.announce();
  parts.deps.log.info({ volunteer }, "volunteer joined");
  return {
    available: (examples) => becomeAvailable(parts, member, examples),
    unavailable: () => becomeUnavailable(parts, member),
    left: () => leave(parts, member),
    progressed: (training) => progress(parts, member, training),
    countTraffic: (bytesUp, bytesDown) => parts.traffic.count(volunteer, bytesUp, bytesDown),
  };
}

/** Drops members of the open round who are not connected: after a restart, those who did not come back in time. */
export function dropAbsent(parts: AttendanceParts): void {
  const state = parts.state();
  if (state.phase !== "collecting") return;
  for (const volunteer of state.cohort) {
    if (parts.roster.find(volunteer) === undefined) leaveRound(parts, volunteer);
  }
}

function tellStanding(parts: AttendanceParts, connection: Connection): void {
  const { rounds } = parts.run.plan;
  connection.deliver({ type: "activity-changed", rounds, activity: parts.activity() });
  for (const evaluated of parts.evaluations.history()) connection.deliver(evaluated);
}

function becomeAvailable(parts: AttendanceParts, member: Member, examples: number): void {
  const { roster, post, ask, deps } = parts;
  const { volunteer } = member;
  member.examples = examples;
  post(({ round }) => ({ type: "volunteer-returned", round, volunteer, atMs: deps.nowMs() }));
  post(() => {
    if (roster.find(volunteer) === member) ask(member);
    return null;
  });
  seekCohort(parts);
  parts.announce();
}

function becomeUnavailable(parts: AttendanceParts, member: Member): void {
  member.examples = null;
  member.asked = 0;
  leaveRound(parts, member.volunteer);
}

function leave(parts: AttendanceParts, member: Member): void {
  const { volunteer } = member;
  if (!parts.roster.remove(member)) return;
  parts.deps.log.info({ volunteer }, "volunteer left");
  leaveRound(parts, volunteer);
}

function leaveRound({ post, announce, deps }: AttendanceParts, volunteer: VolunteerId): void {
  post(({ round }) => ({ type: "volunteer-left", round, volunteer, atMs: deps.nowMs() }));
  announce();
}

function progress(parts: AttendanceParts, member: Member, { round, batch, batches, loss }: Training): void {
  member.training = { round, batch, batches, loss };
  parts.announce();
}
