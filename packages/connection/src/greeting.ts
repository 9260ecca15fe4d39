/** From a hello to the volunteer's place in its run. */
import { type Hello, PROTOCOL_VERSION } from "@tributary/protocol";
import type { EventOf } from "./events.ts";
import type { TransportLimits } from "./limits.ts";
import { complain, end, move, type Step, send, stay, tell } from "./moves.ts";
import type { OpenState } from "./state.ts";

/** Looks for the run that a hello names. */
export function greet(state: OpenState, hello: Hello, limits: TransportLimits): Step {
  if (state.phase !== "greeting") {
    return complain(state, "unexpected-message", "hello was said already", limits);
  }
  const { faults, waitingFrames, paused } = state;
  const identifying = { phase: "identifying", faults, waitingFrames, paused, hello } as const;
  if (hello.protocol !== PROTOCOL_VERSION) {
    const detail = `this server speaks protocol ${PROTOCOL_VERSION}, got ${hello.protocol}: reload the page`;
    return end(identifying, "unsupported-protocol", detail, limits);
  }
  return move(identifying, { type: "find-run", run: hello.run });
}

/** Looks up the volunteer, if the run is there and goes on. */
export function useRun(state: OpenState, { phase }: EventOf<"run-found">, limits: TransportLimits): Step {
  if (state.phase !== "identifying") return stay(state);
  const { hello } = state;
  if (phase === null) return end(state, "unknown-run", `there is no run ${hello.run}`, limits);
  if (phase === "finished" || phase === "stopped") {
    return end(state, "run-over", `run ${hello.run} is ${phase}`, limits);
  }
  return move(state, { type: "identify", hello });
}

/** The welcome goes out before the volunteer joins: joining sends messages that need it. */
export function welcome(state: OpenState, event: EventOf<"identified">, limits: TransportLimits): Step {
  if (state.phase !== "identifying") return stay(state);
  const { faults, waitingFrames, paused, hello } = state;
  const { volunteer, resumeToken, run } = event;
  const { heartbeatMs, chunkBytes } = limits;
  const counts = { faults, waitingFrames, paused, refusals: 0, silentBeats: 0, nonce: 0 };
  return move(
    { phase: "joined", ...counts, run: hello.run, volunteer },
    send({
      type: "welcome",
      volunteer,
      resumeToken,
      runName: run.name,
      plan: run.plan,
      heartbeatMs,
      chunkBytes,
    }),
    { type: "join", volunteer },
    { type: "arm-timer", ms: heartbeatMs },
  );
}

/** Says that the server failed at something. A hello that it failed at may be said again. */
export function admit(state: OpenState, detail: string, limits: TransportLimits): Step {
  const told = tell("internal", detail, limits);
  if (state.phase !== "identifying") return move(state, told);
  const { faults, waitingFrames, paused } = state;
  return move({ phase: "greeting", faults, waitingFrames, paused }, told);
}
