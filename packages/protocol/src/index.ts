export * from "./chunks.ts";
export * from "./class-names.ts";
export * from "./close-codes.ts";
export {
  type Decoded,
  decodeRecord,
  decodeServerMessage,
  decodeVolunteerMessage,
  encodeRecord,
  encodeServerMessage,
  encodeVolunteerMessage,
  FRAME_OVERHEAD_BYTES,
  type FrameLimits,
} from "./codec.ts";
export * from "./column-figures.ts";
export * from "./dynafed.ts";
export { modernPlan } from "./earlier-plans.ts";
export * from "./fashion-mnist-task.ts";
export * from "./fault-rules.ts";
export * from "./federated-figure.ts";
export { MAX_FLOAT16 } from "./float16.ts";
export * from "./http.ts";
export * from "./http-admin.ts";
export * from "./http-public.ts";
export * from "./http-routes.ts";
export * from "./http-tasks.ts";
export * from "./measurement.ts";
export * from "./message-parts.ts";
export * from "./networks.ts";
export * from "./plan.ts";
export * from "./preprocessing.ts";
export { describeProblem, describeProblems, Problem, problemsBelow } from "./problem.ts";
export { schemaProblems } from "./schema-problems.ts";
export * from "./server-messages.ts";
export * from "./small-plan.ts";
export * from "./task/columns.ts";
export * from "./task/image-task.ts";
export * from "./task/networks.ts";
export * from "./task/table-task.ts";
export * from "./task/task.ts";
export * from "./task/task-parts.ts";
export * from "./task/texts.ts";
export * from "./tensor.ts";
export type { Expected, TransitionTable } from "./transition-table.ts";
export * from "./volunteer-messages.ts";
