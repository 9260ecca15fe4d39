/** Every message from the server to a volunteer, as one closed union. Each travels as one binary msgpack frame. */
import { type Static, Type } from "typebox";
import { FederatedFigure } from "./federated-figure.ts";
import { Figures } from "./measurement.ts";
import { Bytes, Hash, Milliseconds, Ping, Pong, TensorManifest, Text, VolunteerId } from "./message-parts.ts";
import { Plan } from "./plan.ts";
import { Count, exact, orNull } from "./schema-parts.ts";

/** Answers `hello`. The page keeps the token for its next connection. */
export const Welcome = exact({
  type: Type.Literal("welcome"),
  volunteer: VolunteerId,
  resumeToken: Text(128),
  runName: Text(120),
  plan: Plan,
  heartbeatMs: Type.Integer({ minimum: 100, maximum: 600_000 }),
  chunkBytes: Type.Integer({ minimum: 1024, maximum: 16_777_216 }),
});
export type Welcome = Static<typeof Welcome>;

/** What a run is doing, for status lines. Each state has its own numbers. */
export const RunActivity = Type.Union([
  exact({ state: Type.Literal("waiting"), available: Count, needed: Count }),
  exact({
    state: Type.Literal("collecting"),
    round: Count,
    reported: Count,
    asked: Count,
    deadlineInMs: Milliseconds,
  }),
  exact({ state: Type.Literal("aggregating"), round: Count }),
  exact({ state: Type.Literal("synthesizing"), round: Count, iteration: Count, iterations: Count }),
  exact({ state: Type.Literal("refining"), round: Count }),
  exact({ state: Type.Literal("paused"), round: Count }),
  exact({ state: Type.Literal("stopped"), round: Count }),
  exact({ state: Type.Literal("finished"), round: Count }),
]);
export type RunActivity = Static<typeof RunActivity>;

/** The run's activity, whenever it changes. `rounds` is the number of rounds that the plan wants. */
export const ActivityChanged = exact({
  type: Type.Literal("activity-changed"),
  rounds: Count,
  activity: RunActivity,
});

/** One round of the global model, measured, for the volunteer's chart. It is sent again when more is known. */
export const RoundEvaluated = exact({
  type: Type.Literal("round-evaluated"),
  round: Count,
  /** The round's models on the server's test set; null where it has not measured them. */
  aggregate: orNull(Figures),
  refined: orNull(Figures),
  /** The round whose model this one started from, 0 for the initial model. */
  startRound: Count,
  /** That model, as the round's volunteers measured it; null where none did. */
  federated: orNull(FederatedFigure),
});

/**
 * The volunteer is in the cohort of this round: fetch the snapshot, train, report before the deadline. `control`, the
 * server's control variate, is fetched like the snapshot; null: the plan's strategy has none, or it is still zero.
 */
export const RoundOpened = exact({
  type: Type.Literal("round-opened"),
  round: Count,
  snapshot: TensorManifest,
  control: Type.Union([TensorManifest, Type.Null()]),
  deadlineInMs: Milliseconds,
});
export type RoundOpened = Static<typeof RoundOpened>;

/** Bytes of a requested snapshot or control variate, from `offset` on. */
export const SnapshotChunk = exact({
  type: Type.Literal("snapshot-chunk"),
  hash: Hash,
  offset: Count,
  bytes: Bytes,
});

/** The upload may begin, or go on, at `offset`. */
export const UploadReady = exact({ type: Type.Literal("upload-ready"), round: Count, offset: Count });

/** The update is committed to the database: it survives whatever happens to the server. */
export const UpdateAcknowledged = exact({
  type: Type.Literal("update-acknowledged"),
  round: Count,
  hash: Hash,
});

/** Why an update, or a request, is not used. docs/protocol.md explains each. */
export const RefusalReason = Type.Union([
  Type.Literal("not-in-cohort"),
  Type.Literal("wrong-round"),
  Type.Literal("wrong-snapshot"),
  Type.Literal("wrong-shape"),
  Type.Literal("wrong-dtype"),
  Type.Literal("too-large"),
  Type.Literal("too-many-examples"),
  Type.Literal("bad-offset"),
  Type.Literal("hash-mismatch"),
  Type.Literal("not-finite"),
  Type.Literal("out-of-bounds"),
  Type.Literal("late"),
  Type.Literal("duplicate"),
  Type.Literal("unknown-snapshot"),
  Type.Literal("not-offered"),
]);
export type RefusalReason = Static<typeof RefusalReason>;

/** The update, or the request, is not used. `detail` quotes the offending value. */
export const UpdateRefused = exact({
  type: Type.Literal("update-refused"),
  round: Count,
  reason: RefusalReason,
  detail: Text(500),
});

/** A round that this volunteer was in has ended. */
export const RoundClosed = exact({
  type: Type.Literal("round-closed"),
  round: Count,
  outcome: Type.Union([Type.Literal("aggregated"), Type.Literal("abandoned")]),
  /** Whether this volunteer's update is part of the aggregate. */
  counted: Type.Boolean(),
});

/** What is wrong with a message or a connection. `faultRules` says what follows from each. */
export const FaultReason = Type.Union([
  Type.Literal("bad-frame"),
  Type.Literal("bad-message"),
  Type.Literal("unexpected-message"),
  Type.Literal("unsupported-protocol"),
  Type.Literal("unknown-run"),
  Type.Literal("run-over"),
  Type.Literal("too-many-connections"),
  Type.Literal("too-many-faults"),
  Type.Literal("replaced"),
  Type.Literal("heartbeat-missed"),
  Type.Literal("shutting-down"),
  Type.Literal("internal"),
]);
export type FaultReason = Static<typeof FaultReason>;

/** Something is wrong with the connection or a message. `retryInMs` null: coming back will not help. */
export const Fault = exact({
  type: Type.Literal("fault"),
  reason: FaultReason,
  detail: Text(500),
  retryInMs: Type.Union([Milliseconds, Type.Null()]),
});

/** Every message from the server to a volunteer. */
export const ServerMessage = Type.Union([
  Welcome,
  ActivityChanged,
  RoundEvaluated,
  RoundOpened,
  SnapshotChunk,
  UploadReady,
  UpdateAcknowledged,
  UpdateRefused,
  RoundClosed,
  Fault,
  Ping,
  Pong,
]);
export type ServerMessage = Static<typeof ServerMessage>;
