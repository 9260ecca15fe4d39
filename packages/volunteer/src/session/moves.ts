/** The small moves that every step of the session consists of. */
import type { VolunteerMessage } from "@tributary/protocol";
import type { SessionEffect } from "./events.ts";
import { connectionOf, type Session, type SessionRecord } from "./state.ts";

/** What comes of an event: the session afterwards, and the effects that it asks for. */
export type Step = { readonly session: Session; readonly effects: readonly SessionEffect[] };

/** Asks for no effect. */
export function stay(session: Session): Step {
  return { session, effects: [] };
}

/** Asks for these effects. */
export function move(session: Session, ...effects: readonly SessionEffect[]): Step {
  return { session, effects };
}

/** Makes one move after the other. Each goes on from the session that the one before left. */
export function inOrder(session: Session, ...moves: readonly ((session: Session) => Step)[]): Step {
  return moves.reduce<Step>((done, next) => {
    const step = next(done.session);
    return { session: step.session, effects: [...done.effects, ...step.effects] };
  }, stay(session));
}

/** Sends the message if there has been a welcome. What must not get lost is sent again after the next one. */
export function say(message: VolunteerMessage): (session: Session) => Step {
  return (session) =>
    session.link.phase === "greeted" ? move(session, { type: "send", message }) : stay(session);
}

/** Changes parts of the record that people see. */
export function note(session: Session, change: Partial<SessionRecord>): Session {
  return { ...session, record: { ...session.record, ...change } };
}

/** Notes why the update of a round was not used. */
export function noteRefusal(session: Session, round: number, reason: string, detail: string): Session {
  return note(session, { lastRefusal: { round, reason, detail } });
}

/** Adds bytes of weights to the traffic so far. */
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

/** Says that this volunteer is available, unless it has said so or is paused. */
export function announce(session: Session): Step {
  if (session.link.phase !== "greeted" || session.link.announced || session.paused) return stay(session);
  const announced = { ...session, link: { ...session.link, announced: true } };
  return say({ type: "available", examples: session.self.examples })(announced);
}

/** Says that this volunteer is unavailable, if it has said otherwise. The server takes it out of its round. */
export function withdraw(session: Session): Step {
  if (session.link.phase !== "greeted" || !session.link.announced) return stay(session);
  return say({ type: "unavailable" })({ ...session, link: { ...session.link, announced: false } });
}

/** Ends the work on the round. The trainer stays busy until it reports how the training ended. */
export function callOff(session: Session): Step {
  const { task } = session;
  const idle: Session = { ...session, task: { phase: "none" } };
  return task.phase === "training"
    ? move(idle, { type: "abort-training", training: task.training })
    : stay(idle);
}

/** Ends the connection, if there is one. The shell reports that it closed, and then the next try is arranged. */
export function hangUp(code: number, reason: string): (session: Session) => Step {
  return (session) =>
    connectionOf(session) === null ? stay(session) : move(session, { type: "close-socket", code, reason });
}

/** Gives up for good. A held update stays stored for the next visit. */
export function fail(reason: string): (session: Session) => Step {
  return (session) =>
    inOrder(session, callOff, hangUp(1000, "giving up"), (idle) =>
      move({ ...idle, link: { phase: "failed", reason } }, { type: "disarm-timer" }),
    );
}
