/**
 * A client's memory as bytes, for a page to keep: optimiser, control and pending, each as its length (4 bytes,
 * little-endian; 2^32 - 1 for null) and its bytes. Vectors are little-endian float32. The optimiser is its kind (1 byte),
 * its steps (4 bytes, little-endian) and its vectors, one after the other. Pending is whether it is committed (1 byte), its
 * round (4 bytes, little-endian), its snapshot's hash (64 ASCII digits) and its delta.
 */
import type { OptimizerState } from "@tributary/model";
import { decodeValues, encodeValues, type Hash } from "@tributary/protocol";
import { type ClientMemory, type PendingControl, vectorsOf } from "./client-memory.ts";

const ABSENT = 0xffff_ffff;
const HEADER_BYTES = 5;
const PENDING_HASH_AT = 5;
const PENDING_HEAD_BYTES = PENDING_HASH_AT + 64;
const KINDS = ["sgd", "momentum", "adam"] as const;

export function encodeClientMemory({ optimizer, control, pending }: ClientMemory): Uint8Array {
  return joined(
    [
      optimizer && encodeOptimizer(optimizer),
      control && encodeValues(control, "float32"),
      pending && encodePending(pending),
    ].flatMap((part) => [uint32Bytes(part === null ? ABSENT : part.length), part ?? new Uint8Array(0)]),
  );
}

/** Null for bytes that are no such memory. */
export function decodeClientMemory(bytes: Uint8Array): ClientMemory | null {
  const parts = splitParts(bytes);
  if (parts === null) return null;
  const [optimizerBytes = null, controlBytes = null, pendingBytes = null] = parts;
  const optimizer = optimizerBytes && decodeOptimizer(optimizerBytes);
  const control = controlBytes && decodeVector(controlBytes);
  const pending = pendingBytes && decodePending(pendingBytes);
  if (optimizerBytes && !optimizer) return null;
  if (controlBytes && !control) return null;
  if (pendingBytes && !pending) return null;
  return { optimizer, control, pending };
}

/** The three parts; null where the lengths do not add up. */
function splitParts(bytes: Uint8Array): readonly (Uint8Array | null)[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: (Uint8Array | null)[] = [];
  let at = 0;
  while (parts.length < 3) {
    if (at + 4 > bytes.length) return null;
    const length = view.getUint32(at, true);
    at += 4;
    if (length !== ABSENT && at + length > bytes.length) return null;
    parts.push(length === ABSENT ? null : bytes.slice(at, at + length));
    at += length === ABSENT ? 0 : length;
  }
  return at === bytes.length ? parts : null;
}

function encodeOptimizer(state: OptimizerState): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  header[0] = KINDS.indexOf(state.kind);
  new DataView(header.buffer).setUint32(1, state.kind === "adam" ? state.steps : 0, true);
  return joined([header, ...vectorsOf(state).map((vector) => encodeValues(vector, "float32"))]);
}

function decodeOptimizer(bytes: Uint8Array): OptimizerState | null {
  const kind = KINDS[bytes[0] ?? KINDS.length];
  const body = bytes.subarray(HEADER_BYTES);
  if (kind === undefined || bytes.length < HEADER_BYTES || body.length % 4 !== 0) return null;
  const values = decodeValues(body, "float32");
  switch (kind) {
    case "sgd":
      return { kind };
    case "momentum":
      return { kind, velocity: values };
    case "adam": {
      if (values.length % 2 !== 0) return null;
      const half = values.length / 2;
      const steps = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1, true);
      return { kind, first: values.slice(0, half), second: values.slice(half), steps };
    }
    default:
      return kind satisfies never;
  }
}

function encodePending({ round, delta, snapshot, committed }: PendingControl): Uint8Array {
  const hash = Uint8Array.from(snapshot, (digit) => digit.charCodeAt(0));
  return joined([Uint8Array.of(committed ? 1 : 0), uint32Bytes(round), hash, encodeValues(delta, "float32")]);
}

function decodePending(bytes: Uint8Array): PendingControl | null {
  if (bytes.length < PENDING_HEAD_BYTES) return null;
  const round = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1, true);
  const snapshot: Hash = String.fromCharCode(...bytes.subarray(PENDING_HASH_AT, PENDING_HEAD_BYTES));
  const delta = decodeVector(bytes.subarray(PENDING_HEAD_BYTES));
  if (!/^[0-9a-f]{64}$/.test(snapshot) || delta === null || (bytes[0] ?? 2) > 1) return null;
  return { round, delta, snapshot, committed: bytes[0] === 1 };
}

function decodeVector(bytes: Uint8Array): Float32Array | null {
  return bytes.length % 4 === 0 ? decodeValues(bytes, "float32") : null;
}

function uint32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
