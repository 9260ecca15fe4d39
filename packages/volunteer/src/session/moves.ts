/** The small moves from which every step of the session is made. */
import type { VolunteerMessage } from "@tributary/protocol";
import type { SessionEffect } from "./events.ts";
import { connectionOf, type Session, type SessionRecord } from "./state.ts";

export type Step = { readonly session: Session; readonly effects: readonly SessionEffect[] };

export function stay(session: Session): Step {
  return { session, effects: [] };
}

export function move(session: Session, ...effects: readonly SessionEffect[]): Step {
  return { session, effects };
}

/** Steps in a row: each goes on from the session that the one before left. */
export function inOrder(session: Session, ...moves: readonly ((session: Session) => Step)[]): Step {
  return moves.reduce<Step>((done, next) => {
    const step = next(done.session);
    return { session: step.session, effects: [...done.effects, ...step.effects] };
  }, stay(session));
}

/** Tells the server, if it listens; what must not get lost is told again after the next welcome. */
export function say(message: VolunteerMessage): (session: Session) => Step {
  return (session) =>
    session.link.phase === "greeted" ? move(session, { type: "send", message }) : stay(session);
}

export function note(session: Session, change: Partial<SessionRecord>): Session {
  return { ...session, record: { ...session.record, ...change } };
}

export function noteRefusal(session: Session, round: number, reason: string, detail: string): Session {
  return note(session, { lastRefusal: { round, reason, detail } });
}

export function noteTraffic(session: Session, bytesUp: number, bytesDown: number): Session {
  const { contribution } = session.record;
  return note(session, {
    contribution: {
      ...contribution,
      bytesUp: contribution.bytesUp + bytesUp,
      bytesDown: contribution.bytesDown + bytesDown,
    },
  });
}

/** Says that this volunteer may be asked, unless it paused or has said so. */
export function announce(session: Session): Step {
  if (session.link.phase !== "greeted" || session.link.announced || session.paused) return stay(session);
  const announced = { ...session, link: { ...session.link, announced: true } };
  return say({ type: "available", examples: session.self.examples })(announced);
}

/** Takes the announcement back, and with it leaves the round that the server has this volunteer in. */
export function withdraw(session: Session): Step {
  if (session.link.phase !== "greeted" || !session.link.announced) return stay(session);
  return say({ type: "unavailable" })({ ...session, link: { ...session.link, announced: false } });
}

/** Stops the download or the training under way. The trainer stays busy until it reports back. */
export function callOff(session: Session): Step {
  const { task } = session;
  const idle: Session = { ...session, task: { phase: "none" } };
  return task.phase === "training"
    ? move(idle, { type: "abort-training", training: task.training })
    : stay(idle);
}

/** Ends the connection, if there is one. The shell reports it closed, and the way back begins there. */
export function hangUp(code: number, reason: string): (session: Session) => Step {
  return (session) =>
    connectionOf(session) === null ? stay(session) : move(session, { type: "close-socket", code, reason });
}

/** Gives up for good; what is held stays stored for the next visit. */
export function fail(reason: string): (session: Session) => Step {
  return (session) =>
    inOrder(session, callOff, hangUp(1000, "giving up"), (idle) =>
      move({ ...idle, link: { phase: "failed", reason } }, { type: "disarm-timer" }),
    );
}
