/**
 * A volunteer's optimiser state as bytes, for a page to keep: kind (1 byte), steps (4 bytes, little-endian),
 * then its vectors as little-endian float32, one after the other.
 */
import type { OptimizerState } from "@tributary/model";
import { decodeValues, encodeValues } from "@tributary/protocol";

const HEADER_BYTES = 5;
const KINDS = ["sgd", "momentum", "adam"] as const;

export function encodeOptimizerState(state: OptimizerState): Uint8Array {
  const vectors = vectorsOf(state).map((vector) => encodeValues(vector, "float32"));
  const bytes = new Uint8Array(HEADER_BYTES + vectors.reduce((sum, vector) => sum + vector.length, 0));
  bytes[0] = KINDS.indexOf(state.kind);
  new DataView(bytes.buffer).setUint32(1, state.kind === "adam" ? state.steps : 0, true);
  let at = HEADER_BYTES;
  for (const vector of vectors) {
    bytes.set(vector, at);
    at += vector.length;
  }
  return bytes;
}

/** Null for bytes that are no such state. */
export function decodeOptimizerState(bytes: Uint8Array): OptimizerState | null {
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

/** Whether training of `parameters` values with this kind of optimiser can go on from the state. */
export function fits(state: OptimizerState, kind: OptimizerState["kind"], parameters: number): boolean {
  return state.kind === kind && vectorsOf(state).every((vector) => vector.length === parameters);
}

function vectorsOf(state: OptimizerState): readonly Float32Array[] {
  switch (state.kind) {
    case "sgd":
      return [];
    case "momentum":
      return [state.velocity];
    case "adam":
      return [state.first, state.second];
    default:
      return state satisfies never;
  }
}
