/** What people see of a session. */
import type { VolunteerStatus, VolunteerView } from "../types.ts";
import type { Session } from "./state.ts";

/** The session in the form that a page shows. */
export function viewOf(session: Session): VolunteerView {
  return { status: statusOf(session), rounds: session.plan?.rounds ?? 0, ...session.record };
}

/** The end comes first, then a pause, then the connection, then the round. */
function statusOf(session: Session): VolunteerStatus {
  const { link } = session;
  if (link.phase === "stopped") return { phase: "stopped" };
  if (link.phase === "failed") return { phase: "failed", reason: link.reason };
  if (session.paused) return { phase: "paused" };
  if (link.phase === "greeted") return workOf(session);
  if (link.phase !== "disconnected") return { phase: "connecting" };
  return { phase: "reconnecting", inMs: link.inMs, attempt: link.attempt, cause: link.cause };
}

function workOf(session: Session): VolunteerStatus {
  const { task, held } = session;
  switch (task.phase) {
    case "downloading":
      return {
        phase: "downloading",
        round: task.round,
        received: task.received,
        total: task.tensor.bytes,
      };
    case "ready":
      return { phase: "training", round: task.round, batch: 0, batches: 0 };
    case "training":
      return { phase: "training", round: task.round, batch: task.batch, batches: task.batches };
    case "none": {
      if (held === null) return { phase: "waiting", activity: session.record.activity };
      const sent = held.delivery.phase === "sending" ? held.delivery.sent : 0;
      return { phase: "sending", round: held.offer.round, sent, total: held.offer.tensor.bytes };
    }
    default:
      return task satisfies never;
  }
}

/** Whether two views show the same. */
export function sameView(one: VolunteerView, other: VolunteerView): boolean {
  return (
    one.rounds === other.rounds &&
    one.activity === other.activity &&
    one.contribution === other.contribution &&
    one.local === other.local &&
    one.global === other.global &&
    one.lastRefusal === other.lastRefusal &&
    JSON.stringify(one.status) === JSON.stringify(other.status)
  );
}
