/** The one store: `openStorage` on any PostgreSQL, and the PostgreSQL that comes with the server. */
export { connect } from "./database.ts";
export { startEmbeddedPostgres } from "./embedded-postgres.ts";
export * from "./float-bytes.ts";
export type { Job, JobProgress, JobRequest, JobResult, JobView } from "./job.ts";
export type { Write } from "./journal.ts";
export type { Leading } from "./leadership.ts";
export { postgresBinaries } from "./postgres-location.ts";
export type { ParticipationRow, Traffic } from "./rounds.ts";
export type { StoredRun } from "./runs.ts";
export type { SnapshotInput, StoredSnapshot } from "./snapshots.ts";
export { openStorage, type Storage } from "./storage.ts";
export type { StateVector } from "./strategy-states.ts";
export type { SyntheticSetRow } from "./synthetic-sets.ts";
export type { StoredTask } from "./tasks.ts";
export type { StoredUpdate } from "./updates.ts";
export type { VolunteerRecord } from "./volunteers.ts";
