/** The session's whole behaviour in one table: every phase, every event. docs/machines.md is printed from it. */
import type { TransitionTable } from "@tributary/protocol";
import type { SessionEffect } from "../events.ts";
import type { SessionEventType, SessionPhase } from "../phase.ts";
import { delivering, downloading, paused, ready, training, waiting } from "./at-work.ts";
import { connecting, disconnected, greeting, loading } from "./before-welcome.ts";
import { failed, stopped } from "./ended.ts";

export { sessionPhases } from "../phase.ts";

/**
 * An event of another connection, timer, tensor, training or update than the one that the session is busy with
 * changes nothing: the cells speak of those that fit. Every message also shows that the server is there, which the
 * cells leave out.
 */
export const sessionTable: TransitionTable<SessionPhase, SessionEventType, SessionEffect["type"]> = {
  loading,
  disconnected,
  connecting,
  greeting,
  waiting,
  paused,
  downloading,
  ready,
  training,
  delivering,
  stopped,
  failed,
};
