/** A session to play with: what a server and a trainer would say to it, and the state that it ends up in. */
import type { UpdateOffered } from "@tributary/protocol";
import type { HeardMessage, MessageOf, SessionEffect, SessionEvent } from "../src/session/events.ts";
import { connectionOf, createSession, type Session } from "../src/session/state.ts";
import { step } from "../src/session/step.ts";
import { hashOf, testPlan } from "./plan.ts";

export const self = {
  run: "demo",
  client: { name: "test", version: "1", device: "none" },
  backend: "cpu" as const,
  examples: 20,
};

/** The snapshot of a round: 100 bytes. */
export const manifestOf = (round: number) => ({
  dtype: "float32" as const,
  elements: 25,
  bytes: 100,
  hash: hashOf(round),
});

/** The server's control variate of a round. */
export const controlOf = (round: number) => ({ ...manifestOf(round), hash: hashOf(500 + round) });

/** The offer of a round's finished update. */
export const offerOf = (round: number): UpdateOffered => ({
  type: "update-offered",
  round,
  snapshot: hashOf(round),
  examples: 20,
  loss: 1,
  accuracy: 0.5,
  evaluation: null,
  trainingMs: 5,
  tensor: { ...manifestOf(round), hash: hashOf(1000 + round) },
});

export const welcome: HeardMessage = {
  type: "welcome",
  volunteer: "v1",
  resumeToken: "token",
  runName: "Demo",
  plan: testPlan,
  heartbeatMs: 1000,
  chunkBytes: 2048,
};

export const opened = (round: number): MessageOf<"round-opened"> => ({
  type: "round-opened",
  round,
  snapshot: manifestOf(round),
  control: null,
  deadlineInMs: 1000,
});

/** Plays events on a session and keeps every effect. */
export function play(start = createSession(self)) {
  let session = start;
  const effects: SessionEffect[] = [];
  const feed = (event: SessionEvent): readonly SessionEffect[] => {
    const next = step(session, event);
    session = next.session;
    effects.push(...next.effects);
    return next.effects;
  };
  const connection = () => connectionOf(session) ?? -1;
  const hear = (message: HeardMessage) =>
    feed({ type: "message-received", connection: connection(), message });
  const connect = () => {
    feed({ type: "socket-opened", connection: connection() });
    return hear(welcome);
  };
  const drop = (code = 1006) =>
    feed({ type: "socket-closed", connection: connection(), code, reason: "", jitter: 0.5 });
  const fire = () => feed({ type: "timer-fired", timer: timerOf(session) });
  const download = (round: number) => {
    hear({ type: "snapshot-chunk", hash: hashOf(round), offset: 0, length: 100 });
    return feed({ type: "tensor-verified", part: "snapshot", hash: hashOf(round) });
  };
  const begin = () => {
    feed({ type: "loaded", resumeToken: null, offer: null });
    return connect();
  };
  const train = (round: number) => {
    hear(opened(round));
    download(round);
    feed({ type: "training-finished", training: session.busy ?? -1, offer: offerOf(round) });
    return feed({ type: "update-kept", hash: hashOf(1000 + round) });
  };
  return { feed, hear, connect, drop, fire, download, begin, train, effects, session: () => session };
}

/** The timer that the session waits for; -1 where it waits for none. */
export function timerOf({ link }: Session): number {
  return "timer" in link ? link.timer : -1;
}

/** The messages that the effects send. */
export const sent = (effects: readonly SessionEffect[]): readonly string[] =>
  effects.flatMap((effect) => (effect.type === "send" ? [effect.message.type] : []));

export const types = (effects: readonly SessionEffect[]): readonly string[] =>
  effects.map(({ type }) => type);
