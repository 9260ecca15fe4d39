/**
 * Every message from a volunteer to the server, as one closed union. Each travels as one binary msgpack frame.
 * A weight vector never rides in one message: a `TensorManifest` announces it, and chunks bring its bytes.
 */
import { type Static, Type } from "typebox";
import { Measurement } from "./measurement.ts";
import {
  BackendName,
  Bytes,
  Hash,
  Milliseconds,
  Ping,
  Pong,
  RunId,
  TensorManifest,
  Text,
} from "./message-parts.ts";
import { Count, exact } from "./schema-parts.ts";

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
  /** Number of examples that one local epoch trains on. */
  examples: Type.Integer({ minimum: 1, maximum: 10_000_000 }),
});

/** The volunteer pauses: it is asked no more, and leaves the round that it is in. */
export const Unavailable = exact({ type: Type.Literal("unavailable") });

/** Asks for the bytes of a snapshot or control variate from `offset`: a broken download goes on where it stopped. */
export const SnapshotRequested = exact({
  type: Type.Literal("snapshot-requested"),
  hash: Hash,
  offset: Count,
});

/** How far local training has come: `batch` of `batches` batches, with the mean loss so far. For the dashboard. */
export const TrainingProgressed = exact({
  type: Type.Literal("training-progressed"),
  round: Count,
  batch: Count,
  batches: Count,
  loss: Type.Number(),
});

/**
 * Announces an update: the delta to the round's snapshot. Where the plan's strategy has control variates, as many values
 * follow: the change of the volunteer's own control variate. The server answers `upload-ready` or `update-refused`.
 */
export const UpdateOffered = exact({
  type: Type.Literal("update-offered"),
  round: Count,
  /** Hash of the snapshot that was trained on. */
  snapshot: Hash,
  examples: Type.Integer({ minimum: 1, maximum: 10_000_000 }),
  /** Mean training loss over the local epoch(s). */
  loss: Type.Number(),
  /** Accuracy on the training examples during local training, 0..1; null for a regression. */
  accuracy: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()]),
  /** The snapshot, measured before the training on the examples that are held out; null where none are. */
  evaluation: Type.Union([Measurement, Type.Null()]),
  trainingMs: Milliseconds,
  tensor: TensorManifest,
});
export type UpdateOffered = Static<typeof UpdateOffered>;

/** Bytes of the announced update, from `offset` on. */
export const UpdateChunk = exact({
  type: Type.Literal("update-chunk"),
  round: Count,
  offset: Count,
  bytes: Bytes,
});

/** The volunteer stops for good; the server forgets that it was available. */
export const Goodbye = exact({ type: Type.Literal("goodbye") });

/** Every message from a volunteer to the server. */
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
