/** The link to the server: opening, greeting, heartbeats, and the way back after it broke. */
import { CloseCode, isFinal, isRetryable, PROTOCOL_VERSION } from "@tributary/protocol";
import { backoffMs } from "./backoff.ts";
import { offerHeld } from "./delivery.ts";
import type { EventOf, MessageOf } from "./events.ts";
import { announce, callOff, fail, hangUp, inOrder, move, type Step, say, stay } from "./moves.ts";
import { requestTensor } from "./round.ts";
import { type Closing, connectionOf, type Link, type Session } from "./state.ts";

const GREETING_MS = 20_000;
const MOST_SILENT_HEARTBEATS = 3;

export function begin(session: Session, event: EventOf<"loaded">): Step {
  if (session.link.phase !== "loading") return stay(session);
  const { resumeToken, offer } = event;
  const held = offer && { offer, delivery: { phase: "unoffered" } as const, retries: 0 };
  return connect({ ...session, resumeToken, held });
}

export function greet(session: Session, connection: number): Step {
  const { link, self, resumeToken } = session;
  if (link.phase !== "connecting" || link.connection !== connection) return stay(session);
  const { run, client, backend } = self;
  const hello = { type: "hello", protocol: PROTOCOL_VERSION, run, client, backend } as const;
  return move(
    { ...session, link: { phase: "greeting", connection, timer: link.timer, fault: null } },
    { type: "send", message: resumeToken === null ? hello : { ...hello, resumeToken } },
  );
}

/** Takes up what the last connection left: first the held update, whose round may be about to close. */
export function welcome(session: Session, message: MessageOf<"welcome">): Step {
  const { link } = session;
  if (link.phase !== "greeting") return stay(session);
  const { plan, resumeToken, heartbeatMs, chunkBytes } = message;
  const timer = session.lastId + 1;
  const { connection } = link;
  const greeted = { phase: "greeted", connection, timer, heartbeatMs, chunkBytes } as const;
  return inOrder(
    {
      ...session,
      link: { ...greeted, silent: 0, announced: false, redo: false, fault: null },
      lastId: timer,
      plan,
      resumeToken,
      attempt: 0,
    },
    (present) =>
      move(present, { type: "save-identity", resumeToken }, { type: "arm-timer", timer, ms: heartbeatMs }),
    offerHeld,
    requestTensor,
    announce,
  );
}

export function noteFault(session: Session, message: MessageOf<"fault">): Step {
  const { link } = session;
  if (link.phase !== "greeting" && link.phase !== "greeted") return stay(session);
  const { reason, detail, retryInMs } = message;
  const fault: Closing = { final: isFinal(reason), detail, retryInMs: retryInMs ?? 0 };
  if (link.phase === "greeting" || reason !== "internal")
    return stay({ ...session, link: { ...link, fault } });
  return stay(unoffered({ ...session, link: { ...link, fault, redo: true } }));
}

/** The connection is gone. What is worth another try is tried again, later each time; a final fault or close code is not. */
export function lose(session: Session, event: EventOf<"socket-closed">): Step {
  const { link, plan } = session;
  if (connectionOf(session) !== event.connection) return stay(session);
  const fault = "fault" in link ? link.fault : null;
  const cause = fault?.detail ?? (event.reason || `the connection closed with code ${event.code}`);
  const timer = session.lastId + 1;
  const inMs = backoffMs(session.attempt, event.jitter, fault?.retryInMs);
  const attempt = session.attempt + 1;
  const lost: Session = {
    ...unoffered(session),
    attempt,
    lastId: timer,
    link: { phase: "disconnected", timer, inMs, attempt, cause },
  };
  if (!fault?.final && isRetryable(event.code)) return move(lost, { type: "arm-timer", timer, ms: inMs });
  return event.code === CloseCode.runOver && plan !== null ? stop(lost) : fail(cause)(lost);
}

export function fireTimer(session: Session, timer: number): Step {
  const { link } = session;
  if (!("timer" in link) || link.timer !== timer) return stay(session);
  switch (link.phase) {
    case "disconnected":
      return connect(session);
    case "connecting":
    case "greeting":
      return hangUp(CloseCode.heartbeatMissed, `no answer within ${GREETING_MS / 1000} s`)(session);
    case "greeted": {
      if (link.silent >= MOST_SILENT_HEARTBEATS) {
        return hangUp(CloseCode.heartbeatMissed, `nothing heard in ${link.silent} heartbeats`)(session);
      }
      return beat(session, link);
    }
    default:
      return link satisfies never;
  }
}

function beat(session: Session, link: Extract<Link, { phase: "greeted" }>): Step {
  const timer = session.lastId + 1;
  const beaten = { ...link, timer, silent: link.silent + 1, redo: false };
  return inOrder(
    { ...session, lastId: timer, link: beaten },
    say({ type: "ping", nonce: timer }),
    (present) => move(present, { type: "arm-timer", timer, ms: link.heartbeatMs }),
    ...(link.redo ? [offerHeld, requestTensor] : []),
  );
}

/** Anything heard shows that the server is there. */
export function hear(session: Session): Session {
  const { link } = session;
  return link.phase === "greeted" && link.silent > 0 ? { ...session, link: { ...link, silent: 0 } } : session;
}

/** The volunteer's own end, or the run's. A held update stays stored for the next visit. */
export function stop(session: Session): Step {
  return inOrder(
    session,
    callOff,
    (idle) =>
      idle.link.phase === "greeted" ? move(idle, { type: "send", message: { type: "goodbye" } }) : stay(idle),
    hangUp(1000, "stopped"),
    (idle) =>
      move({ ...idle, link: { phase: "stopped" } }, { type: "disarm-timer" }, { type: "dispose-trainer" }),
  );
}

function connect(session: Session): Step {
  const connection = session.lastId + 1;
  const timer = session.lastId + 2;
  return move(
    { ...session, lastId: timer, link: { phase: "connecting", connection, timer } },
    { type: "open-socket", connection },
    { type: "arm-timer", timer, ms: GREETING_MS },
  );
}

/** Whatever was under way for the held update has to begin again. */
function unoffered(session: Session): Session {
  const { held } = session;
  if (held === null || held.delivery.phase === "unkept") return session;
  return { ...session, held: { ...held, delivery: { phase: "unoffered" } } };
}
