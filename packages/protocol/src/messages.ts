/**
 * Every message of the wire, one closed union per direction. Each travels as one binary msgpack frame.
 * Weights never ride in a message whole: they go in chunks, described by a `TensorManifest`.
 */
import { type Static, Type } from "typebox";
import { Plan } from "./plan.ts";
import { Count, exact } from "./schema-parts.ts";

/** Raised whenever an older peer could misread a message; the first message of a connection carries it. */
export const PROTOCOL_VERSION = 3;

const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const Milliseconds = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const RunId = Type.String({ pattern: "^[a-z0-9-]{1,64}$" });
export type RunId = Static<typeof RunId>;
export const VolunteerId = Type.String({ pattern: "^[a-z0-9-]{1,64}$" });
export type VolunteerId = Static<typeof VolunteerId>;
/** SHA-256 in lower-case hex, over the bytes that travel. */
export const Hash = Type.String({ pattern: "^[0-9a-f]{64}$" });
export type Hash = Static<typeof Hash>;

/** Bytes of a chunk. The codec hands out copies aligned to 4 bytes, never views into a shared pool. */
export const Bytes = Type.Refine(
  Type.Unsafe<Uint8Array>({}),
  (value) => value instanceof Uint8Array,
  () => "must be binary",
);

/** What a weight vector is before its bytes come: little-endian values of `dtype`, `elements` of them. */
export const TensorManifest = exact({
  dtype: Type.Union([Type.Literal("float32"), Type.Literal("float16")]),
  elements: Type.Integer({ minimum: 1, maximum: 250_000_000 }),
  bytes: Type.Integer({ minimum: 2, maximum: 1_000_000_000 }),
  hash: Hash,
});
export type TensorManifest = Static<typeof TensorManifest>;

export const BackendName = Type.Union([
  Type.Literal("webgpu"),
  Type.Literal("webgl"),
  Type.Literal("wasm"),
  Type.Literal("cpu"),
  Type.Literal("tensorflow"),
]);
export type BackendName = Static<typeof BackendName>;

// ---------------------------------------------------------------------------------------------- volunteer -> server

/** First message of a connection. A `resumeToken` brings a known volunteer back under its old id. */
export const Hello = exact({
  type: Type.Literal("hello"),
  protocol: Type.Integer({ minimum: 0, maximum: 65_535 }),
  run: RunId,
  client: exact({ name: Text(64), version: Text(32), device: Text(200) }),
  backend: BackendName,
  resumeToken: Type.Optional(Text(128)),
});
export type Hello = Static<typeof Hello>;

/** The volunteer has data and is ready to be asked. Sent again after a change of data, or to end a pause. */
export const Available = exact({
  type: Type.Literal("available"),
  /** Examples that one local epoch trains on. */
  examples: Type.Integer({ minimum: 1, maximum: 10_000_000 }),
});

/** The volunteer paused; it is asked no more, and leaves the round that it is in. */
export const Unavailable = exact({ type: Type.Literal("unavailable") });

/** Asks for the bytes of a snapshot or control variate from `offset`: a broken download goes on where it stopped. */
export const SnapshotRequested = exact({
  type: Type.Literal("snapshot-requested"),
  hash: Hash,
  offset: Count,
});

export const TrainingProgressed = exact({
  type: Type.Literal("training-progressed"),
  round: Count,
  batch: Count,
  batches: Count,
  loss: Type.Number(),
});

/**
 * Announces an update: a delta to the round's snapshot and, where the plan's strategy has control variates, behind it
 * as many values again, the change of the volunteer's own. The server answers `upload-ready` or `update-refused`.
 */
export const UpdateOffered = exact({
  type: Type.Literal("update-offered"),
  round: Count,
  /** Hash of the snapshot that was trained on. */
  snapshot: Hash,
  examples: Type.Integer({ minimum: 1, maximum: 10_000_000 }),
  /** Mean training loss over the local epoch(s). */
  loss: Type.Number(),
  /** Training accuracy seen during local training, 0..1. */
  accuracy: Type.Number({ minimum: 0, maximum: 1 }),
  trainingMs: Milliseconds,
  tensor: TensorManifest,
});
export type UpdateOffered = Static<typeof UpdateOffered>;

export const UpdateChunk = exact({
  type: Type.Literal("update-chunk"),
  round: Count,
  offset: Count,
  bytes: Bytes,
});

export const Ping = exact({ type: Type.Literal("ping"), nonce: Count });
export const Pong = exact({ type: Type.Literal("pong"), nonce: Count });

/** The volunteer stops for good; the server forgets that it was available. */
export const Goodbye = exact({ type: Type.Literal("goodbye") });

export const VolunteerMessage = Type.Union([
  Hello,
  Available,
  Unavailable,
  SnapshotRequested,
  TrainingProgressed,
  UpdateOffered,
  UpdateChunk,
  Ping,
  Pong,
  Goodbye,
]);
export type VolunteerMessage = Static<typeof VolunteerMessage>;

// ---------------------------------------------------------------------------------------------- server -> volunteer

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

/** What the run is doing, for the volunteer's status line. A closed union: each state has its own numbers. */
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

export const ActivityChanged = exact({
  type: Type.Literal("activity-changed"),
  rounds: Count,
  activity: RunActivity,
});

/** One evaluated round of the global model, for the volunteer's chart. Accuracies are 0..1 on the server's test set. */
export const RoundEvaluated = exact({
  type: Type.Literal("round-evaluated"),
  round: Count,
  accuracyAggregate: Type.Number({ minimum: 0, maximum: 1 }),
  accuracyRefined: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()]),
  loss: Type.Number(),
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
