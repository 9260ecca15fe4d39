/** The link to the server: connecting, greeting, heartbeats, and the next try after it broke. */
import { CloseCode, isFinal, isRetryable, PROTOCOL_VERSION } from "@tributary/protocol";
import { backoffMs } from "./backoff.ts";
import { offerHeld } from "./delivery.ts";
import type { EventOf, MessageOf } from "./events.ts";
import { announce, callOff, fail, hangUp, inOrder, move, type Step, say, stay } from "./moves.ts";
import { requestTensor } from "./round.ts";
import { type Closing, connectionOf, type Link, type Session } from "./state.ts";

const GREETING_MS = 20_000;
const MOST_SILENT_HEARTBEATS = 3;

/** Takes up what the last visit left, and connects. */
export function begin(session: Session, event: EventOf<"loaded">): Step {
  if (session.link.phase !== "loading") return stay(session);
  const { resumeToken, offer } = event;
  const held = offer && { offer, delivery: { phase: "unoffered" } as const, retries: 0 };
  return connect({ ...session, resumeToken, held });
}

/** The socket is open: says hello, as the volunteer of the last visit if there was one. */
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

/** Goes on where the last connection ended: first with the held update, whose round may be about to close. */
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

/**
 * Keeps a fault as the reason for a close. After an internal one the next heartbeat asks again for what is under way.
 */
export function noteFault(session: Session, message: MessageOf<"fault">): Step {
  const { link } = session;
  if (link.phase !== "greeting" && link.phase !== "greeted") return stay(session);
  const { reason, detail, retryInMs } = message;
  const fault: Closing = { final: isFinal(reason), detail, retryInMs: retryInMs ?? 0 };
  if (link.phase === "greeting" || reason !== "internal")
    return stay({ ...session, link: { ...link, fault } });
  return stay(unoffered({ ...session, link: { ...link, fault, redo: true } }));
}

/** The connection is gone. Tries again, later each time, unless the fault or the close code was final. */
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

/**
 * The session's timer has fired: time for the next try or the next heartbeat, or the server has been silent for too
 * long.
 */
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

/** Every message shows that the server is there. */
export function hear(session: Session): Session {
  const { link } = session;
  return link.phase === "greeted" && link.silent > 0 ? { ...session, link: { ...link, silent: 0 } } : session;
}

/** Ends by the volunteer's wish, or with the run. A held update stays stored for the next visit. */
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

/** The delivery of the held update begins again with its offer. */
function unoffered(session: Session): Session {
  const { held } = session;
  if (held === null || held.delivery.phase === "unkept") return session;
  return { ...session, held: { ...held, delivery: { phase: "unoffered" } } };
}
