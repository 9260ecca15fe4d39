import { createHash } from "node:crypto";
import type { SnapshotInput } from "./storage.ts";

/** The values of little-endian float32 bytes; a view where the bytes are aligned. Throws on a broken length. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  if (bytes.byteLength % 4 !== 0)
    throw new Error(`expected whole float32 values, got ${bytes.byteLength} bytes`);
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

/** A view of the values as little-endian float32 bytes: every platform that Node runs on is little-endian. */
export function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

export function snapshotOf(parameters: Float32Array): SnapshotInput {
  const bytes = bytesOf(parameters);
  return { hash: createHash("sha256").update(bytes).digest("hex"), parameters: bytes };
}
