/** HTTP bodies that every audience shares. All routes are below /api and speak JSON unless they say otherwise. */
import { type Static, Type } from "typebox";
import { RunId } from "./message-parts.ts";
import { Plan } from "./plan.ts";
import { Problem } from "./problem.ts";
import { Count, exact, Instant } from "./schema-parts.ts";
import { RunActivity } from "./server-messages.ts";

/**
 * Every error body. `error` is a word for programs, `detail` one line for people. `problems` says what is wrong with
 * the request's body, by path; it is empty where the error is not about the body.
 */
export const ErrorBody = exact({
  error: Type.String(),
  detail: Type.String(),
  problems: Type.Array(Problem),
});
export type ErrorBody = Static<typeof ErrorBody>;

/** What anyone may see of a run. */
export const RunSummary = exact({
  id: RunId,
  name: Type.String({ minLength: 1, maxLength: 120 }),
  createdAt: Instant,
  plan: Plan,
  activity: RunActivity,
  /** Rounds that have produced an aggregate. */
  completedRounds: Count,
  connectedVolunteers: Count,
});
export type RunSummary = Static<typeof RunSummary>;

/** Every run, in the order in which they were created. */
export const RunList = Type.Array(RunSummary);
export type RunList = Static<typeof RunList>;
