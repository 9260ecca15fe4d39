/** Every kind of state that a session can get into, each reached by real events. */
import { isDeepStrictEqual } from "node:util";
import type { SessionEvent } from "../src/session/events.ts";
import type { SessionEventType } from "../src/session/phase.ts";
import { connectionOf, createSession, type Session } from "../src/session/state.ts";
import { step } from "../src/session/step.ts";
import { hashOf } from "./plan.ts";
import { eventsFor } from "./session-events.ts";
import { opened, play, self } from "./session-play.ts";

/** The name under which the transition table has the event. */
export function eventTypeOf(event: SessionEvent): SessionEventType {
  return event.type === "message-received" ? event.message.type : event.type;
}

/** Whether a step left everything as it was. Not counted: every message resets the count of silent heartbeats. */
export function isUnchanged(before: Session, { session, effects }: ReturnType<typeof step>): boolean {
  if (effects.length > 0) return false;
  return session === before || isDeepStrictEqual(withoutSilence(session), withoutSilence(before));
}

function withoutSilence(session: Session): Session {
  const { link } = session;
  return link.phase === "greeted" ? { ...session, link: { ...link, silent: 0 } } : session;
}

/**
 * Explores from the start and from states close to a limit until every event leads to a state of a kind that is
 * known. Two states are of one kind when they differ in numbers only. Breadth first: the ways to the states stay
 * short.
 */
export function reachableSessions(): readonly Session[] {
  const found = new Map<string, Session>();
  const unexplored = [createSession(self), ...nearLimits()];
  for (const session of unexplored) {
    const kind = kindOf(session);
    if (found.has(kind)) continue;
    found.set(kind, session);
    for (const event of eventsFor(session)) {
      const next = step(session, event).session;
      if (!found.has(kindOf(next))) unexplored.push(next);
    }
  }
  return [...found.values()];
}

/** With each of these the next event of some sort ends an attempt, a connection or the session. */
function nearLimits(): readonly Session[] {
  return [
    ...[waiting, downloading, ready, training, delivering].map((begin) => silent(begin())),
    ...[waiting, downloading, training].map((begin) => confused(begin())),
    ...[waiting, delivering].map((begin) => broken(begin())),
    broken(confused(waiting())),
    failing(),
    refused(),
  ].map((run) => run.session());
}

type Play = ReturnType<typeof play>;

function waiting(): Play {
  const run = play();
  run.begin();
  return run;
}

function downloading(): Play {
  const run = waiting();
  run.hear(opened(1));
  return run;
}

function training(): Play {
  const run = downloading();
  run.download(1);
  return run;
}

/** The trainer is still ending the training of the round before. */
function ready(): Play {
  const run = training();
  run.hear(opened(2));
  run.download(2);
  return run;
}

function delivering(): Play {
  const run = waiting();
  run.train(1);
  return run;
}

function silent(run: Play): Play {
  for (let beat = 1; beat <= 3; beat++) run.fire();
  return run;
}

function confused(run: Play): Play {
  for (let confusion = 1; confusion <= 4; confusion++) {
    run.feed({ type: "frame-unreadable", connection: connectionOf(run.session()) ?? -1, detail: "0xc1" });
    run.drop();
    run.fire();
    run.connect();
  }
  return run;
}

function failing(): Play {
  const run = waiting();
  for (const round of [1, 2]) {
    run.hear(opened(round));
    run.download(round);
    run.feed({ type: "training-failed", training: run.session().busy ?? -1, detail: "no memory" });
  }
  return run;
}

function refused(): Play {
  const run = delivering();
  for (let retry = 1; retry <= 3; retry++) {
    run.hear({ type: "update-refused", round: 1, reason: "hash-mismatch", detail: "got 0" });
  }
  return run;
}

function broken(run: Play): Play {
  run.hear(opened(2));
  for (let time = 1; time <= 2; time++)
    run.feed({ type: "tensor-broken", hash: hashOf(2), detail: "got abc" });
  return run;
}

function kindOf(session: Session): string {
  const { link, task, held, paused, busy, plan, failures, confusions, present } = session;
  return JSON.stringify([
    link.phase,
    link.phase === "greeted" && [link.silent >= 3, link.announced, link.redo],
    "fault" in link && link.fault && [link.fault.final],
    task.phase,
    task.phase === "downloading" && [task.part, task.broken >= 2],
    task.phase !== "none" && [task.control !== null, held?.offer.round === task.round],
    held && [held.delivery.phase, held.retries >= 3],
    [paused, busy !== null, plan !== null, failures >= 2, confusions >= 4, present.snapshot !== null],
  ]);
}
