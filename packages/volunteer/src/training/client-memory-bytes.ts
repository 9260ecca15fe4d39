/**
 * A client's memory as bytes that a page keeps: one msgpack record, its vectors as little-endian float32. Bytes of
 * another version are left aside, so that the next round begins without a memory.
 */
import type { OptimizerState } from "@tributary/model";
import { Bytes, decodeRecord, decodeValues, encodeRecord, encodeValues, Hash } from "@tributary/protocol";
import { type Static, type TProperties, Type } from "typebox";
import type { ClientMemory } from "./client-memory.ts";

const exact = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** Bytes of float32 values. */
const Vector = Type.Refine(Bytes, (bytes) => bytes.length % 4 === 0);

const StoredOptimizer = Type.Union([
  exact({ kind: Type.Literal("sgd") }),
  exact({ kind: Type.Literal("momentum"), velocity: Vector }),
  exact({ kind: Type.Literal("adam"), first: Vector, second: Vector, steps: Count }),
]);
type StoredOptimizer = Static<typeof StoredOptimizer>;

const StoredMemory = exact({
  version: Type.Literal(1),
  optimizer: Type.Union([StoredOptimizer, Type.Null()]),
  control: Type.Union([Vector, Type.Null()]),
  pending: Type.Union([
    exact({ round: Count, delta: Vector, snapshot: Hash, committed: Type.Boolean() }),
    Type.Null(),
  ]),
});
type StoredMemory = Static<typeof StoredMemory>;

/** The memory as bytes that `decodeClientMemory` reads again, to the last bit. */
export function encodeClientMemory({ optimizer, control, pending }: ClientMemory): Uint8Array {
  const stored: StoredMemory = {
    version: 1,
    optimizer: optimizer && packOptimizer(optimizer),
    control: control && bytesOf(control),
    pending: pending && { ...pending, delta: bytesOf(pending.delta) },
  };
  return encodeRecord(stored);
}

/** Null for bytes that are not a client's memory of this version. Never throws. */
export function decodeClientMemory(bytes: Uint8Array): ClientMemory | null {
  const stored = decodeRecord(StoredMemory, bytes);
  if (stored === null) return null;
  const { optimizer, control, pending } = stored;
  return {
    optimizer: optimizer && unpackOptimizer(optimizer),
    control: control && vectorOf(control),
    pending: pending && { ...pending, delta: vectorOf(pending.delta) },
  };
}

function packOptimizer(state: OptimizerState): StoredOptimizer {
  switch (state.kind) {
    case "sgd":
      return state;
    case "momentum":
      return { kind: "momentum", velocity: bytesOf(state.velocity) };
    case "adam":
      return { ...state, first: bytesOf(state.first), second: bytesOf(state.second) };
    default:
      return state satisfies never;
  }
}

function unpackOptimizer(stored: StoredOptimizer): OptimizerState {
  switch (stored.kind) {
    case "sgd":
      return stored;
    case "momentum":
      return { kind: "momentum", velocity: vectorOf(stored.velocity) };
    case "adam":
      return { ...stored, first: vectorOf(stored.first), second: vectorOf(stored.second) };
    default:
      return stored satisfies never;
  }
}

function bytesOf(vector: Float32Array): Uint8Array {
  return encodeValues(vector, "float32");
}

function vectorOf(bytes: Uint8Array): Float32Array {
  return decodeValues(bytes, "float32");
}
