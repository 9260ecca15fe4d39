/**
 * A client's memory as bytes, for a page to keep: optimiser, control and pending, each as its length (4 bytes,
 * little-endian; 2^32 - 1 for null) and its bytes. Vectors are little-endian float32. The optimiser is its kind (1 byte),
 * its steps (4 bytes, little-endian) and its vectors, one after the other.
 */
import type { OptimizerState } from "@tributary/model";
import { decodeValues, encodeValues } from "@tributary/protocol";
import { type ClientMemory, vectorsOf } from "./client-memory.ts";

const ABSENT = 0xffff_ffff;
const HEADER_BYTES = 5;
const KINDS = ["sgd", "momentum", "adam"] as const;

export function encodeClientMemory({ optimizer, control, pending }: ClientMemory): Uint8Array {
  return joined(
    [
      optimizer && encodeOptimizer(optimizer),
      control && encodeValues(control, "float32"),
      pending && encodeValues(pending, "float32"),
    ].flatMap((part) => [lengthBytes(part === null ? ABSENT : part.length), part ?? new Uint8Array(0)]),
  );
}

/** Null for bytes that are no such memory. */
export function decodeClientMemory(bytes: Uint8Array): ClientMemory | null {
  const parts = splitParts(bytes);
  if (parts === null) return null;
  const [optimizerBytes, ...vectorBytes] = parts;
  const optimizer = optimizerBytes ? decodeOptimizer(optimizerBytes) : null;
  if (optimizerBytes && optimizer === null) return null;
  if (vectorBytes.some((part) => part !== null && part.length % 4 !== 0)) return null;
  const [control = null, pending = null] = vectorBytes.map((part) => part && decodeValues(part, "float32"));
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

function lengthBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length, true);
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
