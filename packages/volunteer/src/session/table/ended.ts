/** The phases after the end. */
import type { SessionPhase } from "../phase.ts";
import { ignored, moves, type Row, same } from "./cells.ts";

/** Ended by the volunteer's wish, or with the run. */
export const stopped: Row = {
  ...afterTheEnd("stopped"),
  "stop-requested": ignored("It has stopped."),
};

/** Has given up. */
export const failed: Row = {
  ...afterTheEnd("failed"),
  "stop-requested": moves(["stopped"], ["disarm-timer", "dispose-trainer"], "Lets the trainer go."),
};

function afterTheEnd(own: SessionPhase) {
  return {
    ...same(
      [
        ...(["loaded", "socket-opened", "socket-closed", "frame-unreadable", "timer-fired"] as const),
        ...(["welcome", "fault", "ping", "pong", "activity-changed", "round-evaluated"] as const),
        ...(["round-opened", "snapshot-chunk", "tensor-verified", "tensor-broken", "round-closed"] as const),
        ...(["training-progressed", "update-kept", "update-progressed", "upload-ready"] as const),
        ...(["update-acknowledged", "update-refused", "pause-requested", "resume-requested"] as const),
      ],
      ignored("The session is over."),
    ),
    ...same(["training-finished", "training-failed"], moves([own], [], "The trainer is free.")),
  };
}
