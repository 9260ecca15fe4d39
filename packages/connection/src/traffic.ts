/** Frames as they come and go: how many wait, how many bytes they have. */
import type { TransportLimits } from "./limits.ts";
import { move, type Step, stay } from "./moves.ts";
import type { OpenState } from "./state.ts";

/** Any frame shows that the volunteer is there. Too many waiting frames pause the socket. */
export function receiveFrame(state: OpenState, frame: Uint8Array, limits: TransportLimits): Step {
  const waitingFrames = state.waitingFrames + 1;
  const paused = state.paused || waitingFrames >= limits.maxWaitingFrames;
  const heard = state.phase === "joined" ? { ...state, silentBeats: 0 } : state;
  return move(
    { ...heard, waitingFrames, paused },
    ...(state.phase === "joined" ? [countOf(frame.byteLength, 0)] : []),
    ...(paused && !state.paused ? [{ type: "pause-socket" } as const] : []),
    { type: "read-frame", frame },
  );
}

/** The socket is read again once fewer than half of the frames wait that paused it. */
export function handleFrame(state: OpenState, limits: TransportLimits): Step {
  const waitingFrames = state.waitingFrames - 1;
  const resumes = state.paused && waitingFrames < limits.maxWaitingFrames / 2;
  const next = { ...state, waitingFrames, paused: state.paused && !resumes };
  return resumes ? move(next, { type: "resume-socket" }) : move(next);
}

/** Bytes count for a volunteer that has joined. */
export function countSent(state: OpenState, bytes: number): Step {
  return state.phase === "joined" ? move(state, countOf(0, bytes)) : stay(state);
}

function countOf(bytesUp: number, bytesDown: number) {
  return { type: "count-traffic", bytesUp, bytesDown } as const;
}
