/** What the page is shown of a session. */
import type { VolunteerStatus, VolunteerView } from "../types.ts";
import type { Session } from "./state.ts";

export function viewOf(session: Session): VolunteerView {
  return { status: statusOf(session), rounds: session.plan?.rounds ?? 0, ...session.record };
}

/** The volunteer's own wishes come first, then the connection, then the round. */
function statusOf(session: Session): VolunteerStatus {
  const { link } = session;
  if (link.is === "stopped") return { is: "stopped" };
  if (link.is === "failed") return { is: "failed", reason: link.reason };
  if (session.paused) return { is: "paused" };
  if (link.is === "greeted") return workOf(session);
  if (link.is !== "disconnected") return { is: "connecting" };
  return { is: "reconnecting", inMs: link.inMs, attempt: link.attempt, cause: link.cause };
}

function workOf(session: Session): VolunteerStatus {
  const { task, held } = session;
  switch (task.is) {
    case "downloading":
      return {
        is: "downloading",
        round: task.round,
        received: task.received,
        total: task.tensor.bytes,
      };
    case "ready":
      return { is: "training", round: task.round, batch: 0, batches: 0 };
    case "training":
      return { is: "training", round: task.round, batch: task.batch, batches: task.batches };
    case "none": {
      if (held === null) return { is: "waiting", activity: session.record.activity };
      const sent = held.delivery.is === "sending" ? held.delivery.sent : 0;
      return { is: "sending", round: held.offer.round, sent, total: held.offer.tensor.bytes };
    }
    default:
      return task satisfies never;
  }
}

/** Whether a page that shows one need not draw the other. */
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
