export * from "./events.ts";
export { defaultLimits, type TransportLimits } from "./limits.ts";
export type { ConnectionPhase, ConnectionState } from "./state.ts";
export { begin, type Step, step } from "./step.ts";
export { type ConnectionEventType, connectionTable } from "./transitions.ts";
