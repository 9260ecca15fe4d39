/** Vectors of float32 as bytes and back. Every platform that Node runs on is little-endian. */
import { sha256 } from "@tributary/platform";
import type { SnapshotInput } from "./snapshots.ts";

/** The values of little-endian float32 bytes; a view where the bytes are aligned. Throws on a broken length. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  if (bytes.byteLength % 4 !== 0)
    throw new Error(`expected whole float32 values, got ${bytes.byteLength} bytes`);
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

/** A view of the values as little-endian float32 bytes. */
export function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The snapshot with these parameters: a view of their bytes and its hash. */
export function snapshotOf(parameters: Float32Array): SnapshotInput {
  const bytes = bytesOf(parameters);
  return { hash: sha256(bytes), parameters: bytes };
}
