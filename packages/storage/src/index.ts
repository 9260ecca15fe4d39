export { connect } from "./database.ts";
export { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";
export * from "./float-bytes.ts";
export { postgresBinaries } from "./postgres-location.ts";
export { openStorage } from "./postgres-storage.ts";
export { freePort } from "./postmaster.ts";
export type * from "./storage.ts";
