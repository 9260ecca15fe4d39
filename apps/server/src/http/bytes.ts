/** Bytes between the store and the tools: hashes, float32 views, base64. */
import { createHash } from "node:crypto";

/** SHA-256 in lower-case hex. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Little-endian float32 bytes as values. Copies, for stored bytes need not be aligned. */
export function float32Values(bytes: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer);
}

/** The bytes of values, little-endian on every platform that Node runs on. */
export function float32Bytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
