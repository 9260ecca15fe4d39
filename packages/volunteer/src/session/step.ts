/** The volunteer's session as a pure function from what happened to what is to be done. */
import { begin, fireTimer, greet, hear, lose, noteFault, stop, welcome } from "./connection.ts";
import { acknowledgeHeld, offerKept, progressHeld, sendHeld } from "./delivery.ts";
import type { HeardMessage, SessionEvent } from "./events.ts";
import { announce, callOff, inOrder, note, type Step, say, stay, withdraw } from "./moves.ts";
import {
  acceptTensor,
  closeRound,
  confuse,
  failTraining,
  finishTraining,
  keepChunk,
  openRound,
  progressTraining,
  refuse,
  retryDownload,
} from "./round.ts";
import { connectionOf, type Session } from "./state.ts";

/** Advances the session by one event, as `sessionTable` says. Never throws, whatever the event. */
export function step(session: Session, event: SessionEvent): Step {
  if (session.link.phase === "stopped" || session.link.phase === "failed") return afterTheEnd(session, event);
  switch (event.type) {
    case "loaded":
      return begin(session, event);
    case "socket-opened":
      return greet(session, event.connection);
    case "socket-closed":
      return lose(session, event);
    case "message-received":
      return connectionOf(session) === event.connection
        ? receive(hear(session), event.message)
        : stay(session);
    case "frame-unreadable":
      return connectionOf(session) === event.connection ? confuse(event.detail)(session) : stay(session);
    case "tensor-verified":
      return acceptTensor(session, event);
    case "tensor-broken":
      return retryDownload(session, event);
    case "training-progressed":
      return progressTraining(session, event);
    case "training-finished":
      return finishTraining(session, event);
    case "training-failed":
      return failTraining(session, event);
    case "update-progressed":
      return progressHeld(session, event.hash, event.sent, event.chunkBytes);
    case "update-kept":
      return offerKept(session, event.hash);
    case "timer-fired":
      return fireTimer(session, event.timer);
    case "pause-requested":
      return pause(session);
    case "resume-requested":
      return announce({ ...session, paused: false });
    case "stop-requested":
      return stop(session);
    default:
      return event satisfies never;
  }
}

/** Before the welcome only a welcome or a fault means anything. */
function receive(session: Session, message: HeardMessage): Step {
  if (session.link.phase !== "greeted" && message.type !== "welcome" && message.type !== "fault")
    return stay(session);
  switch (message.type) {
    case "welcome":
      return welcome(session, message);
    case "activity-changed":
      return stay(note(session, { activity: message.activity }));
    case "round-evaluated": {
      const { type: _, ...point } = message;
      const others = session.record.global.filter(({ round }) => round !== point.round);
      return stay(note(session, { global: [...others, point].sort((a, b) => a.round - b.round) }));
    }
    case "round-opened":
      return openRound(session, message);
    case "snapshot-chunk":
      return keepChunk(session, message);
    case "upload-ready":
      return sendHeld(session, message);
    case "update-acknowledged":
      return acknowledgeHeld(session, message);
    case "update-refused":
      return refuse(session, message);
    case "round-closed":
      return closeRound(session, message);
    case "fault":
      return noteFault(session, message);
    case "ping":
      return say({ type: "pong", nonce: message.nonce })(session);
    case "pong":
      return stay(session);
    default:
      return message satisfies never;
  }
}

/**
 * Ends the work on the round. A finished update is delivered first: the server drops a volunteer's update with the
 * round that the volunteer leaves.
 */
function pause(session: Session): Step {
  if (session.paused) return stay(session);
  const delivering = session.held !== null && session.task.phase === "none";
  return inOrder({ ...session, paused: true }, callOff, (idle) => (delivering ? stay(idle) : withdraw(idle)));
}

function afterTheEnd(session: Session, event: SessionEvent): Step {
  if (event.type === "stop-requested" && session.link.phase === "failed") return stop(session);
  if (event.type !== "training-finished" && event.type !== "training-failed") return stay(session);
  return stay(session.busy === event.training ? { ...session, busy: null } : session);
}
