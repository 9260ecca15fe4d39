/** What the messages of both directions share: identifiers, manifests, heartbeats. */
import { type Static, Type } from "typebox";
import { Count, exact } from "./schema-parts.ts";

/** Raised whenever an older peer could misread a message; the first message of a connection carries it. */
export const PROTOCOL_VERSION = 4;

/** Text of 1 to `maxLength` characters. */
export const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
/** A whole number of milliseconds. */
export const Milliseconds = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** The id of a run, made from its name. */
export const RunId = Type.String({ pattern: "^[a-z0-9-]{1,64}$" });
export type RunId = Static<typeof RunId>;
/** The pseudonym under which a run knows a volunteer. */
export const VolunteerId = Type.String({ pattern: "^[a-z0-9-]{1,64}$" });
export type VolunteerId = Static<typeof VolunteerId>;
/** SHA-256 in lower-case hex, over the bytes that travel. */
export const Hash = Type.String({ pattern: "^[0-9a-f]{64}$" });
export type Hash = Static<typeof Hash>;

/** Bytes of a chunk. The codec returns copies aligned to 4 bytes, never views into a shared pool. */
export const Bytes = Type.Refine(
  Type.Unsafe<Uint8Array>({}),
  (value) => value instanceof Uint8Array,
  () => "must be binary",
);

/** Announces a weight vector before its bytes come: `elements` little-endian values of `dtype`. */
export const TensorManifest = exact({
  dtype: Type.Union([Type.Literal("float32"), Type.Literal("float16")]),
  elements: Type.Integer({ minimum: 1, maximum: 250_000_000 }),
  bytes: Type.Integer({ minimum: 2, maximum: 1_000_000_000 }),
  hash: Hash,
});
export type TensorManifest = Static<typeof TensorManifest>;

/** What a volunteer or a compute process computes with. */
export const BackendName = Type.Union([
  Type.Literal("webgpu"),
  Type.Literal("webgl"),
  Type.Literal("wasm"),
  Type.Literal("cpu"),
  Type.Literal("tensorflow"),
]);
export type BackendName = Static<typeof BackendName>;

/** Heartbeat of either side. The other side answers with a `pong` of the same nonce. */
export const Ping = exact({ type: Type.Literal("ping"), nonce: Count });
/** Answers a `ping`. */
export const Pong = exact({ type: Type.Literal("pong"), nonce: Count });
