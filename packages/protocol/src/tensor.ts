/** Weight vectors as they travel: raw little-endian values of one dtype, and a manifest that announces them. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { float16Bits, float16Value } from "./float16.ts";
import type { Hash, TensorManifest } from "./message-parts.ts";
import type { UpdateDtype } from "./plan.ts";

/** Bytes that one value takes. */
export function elementBytes(dtype: UpdateDtype): number {
  switch (dtype) {
    case "float32":
      return 4;
    case "float16":
      return 2;
    default:
      return dtype satisfies never;
  }
}

/** The values as bytes, and their manifest. float16 rounds to nearest even, and to infinity from 65520 on. */
export function encodeTensor(
  values: Float32Array,
  dtype: UpdateDtype,
): { readonly manifest: TensorManifest; readonly bytes: Uint8Array<ArrayBuffer> } {
  const bytes = encodeValues(values, dtype);
  return { manifest: { dtype, elements: values.length, bytes: bytes.length, hash: hashOf(bytes) }, bytes };
}

/**
 * The values of a tensor that came whole. Refuses bytes that do not fit the manifest; does not check the hash (the
 * assembly of chunks does) nor that values are finite.
 */
export function decodeTensor(
  manifest: TensorManifest,
  bytes: Uint8Array,
):
  | { readonly ok: true; readonly values: Float32Array<ArrayBuffer> }
  | { readonly ok: false; readonly reason: "wrong-shape"; readonly detail: string } {
  const problem = manifestProblem(manifest);
  if (problem !== null) return { ok: false, reason: "wrong-shape", detail: problem };
  if (bytes.length !== manifest.bytes) {
    return {
      ok: false,
      reason: "wrong-shape",
      detail: `expected ${manifest.bytes} bytes, got ${bytes.length}`,
    };
  }
  return { ok: true, values: decodeValues(bytes, manifest.dtype) };
}

/** Why the manifest's numbers contradict each other, or null. */
export function manifestProblem(manifest: TensorManifest): string | null {
  const expected = manifest.elements * elementBytes(manifest.dtype);
  if (manifest.bytes === expected) return null;
  return `expected ${expected} bytes for ${manifest.elements} values of ${manifest.dtype}, got ${manifest.bytes}`;
}

/** SHA-256 in lower-case hex. */
export function hashOf(bytes: Uint8Array): Hash {
  return bytesToHex(sha256(bytes));
}

/** Little-endian bytes of the values. */
export function encodeValues(values: Float32Array, dtype: UpdateDtype): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(values.length * elementBytes(dtype)));
  switch (dtype) {
    case "float32":
      for (const [at, value] of values.entries()) view.setFloat32(4 * at, value, true);
      break;
    case "float16":
      for (const [at, value] of values.entries()) view.setUint16(2 * at, float16Bits(value), true);
      break;
    default:
      return dtype satisfies never;
  }
  return new Uint8Array(view.buffer);
}

/** The values of little-endian bytes. Throws where the length is no multiple of the dtype's. */
export function decodeValues(bytes: Uint8Array, dtype: UpdateDtype): Float32Array<ArrayBuffer> {
  const size = elementBytes(dtype);
  if (bytes.length % size !== 0) throw new Error(`expected a multiple of ${size} bytes, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.length / size);
  switch (dtype) {
    case "float32":
      for (let at = 0; at < values.length; at++) values[at] = view.getFloat32(4 * at, true);
      return values;
    case "float16":
      for (let at = 0; at < values.length; at++) values[at] = float16Value(view.getUint16(2 * at, true));
      return values;
    default:
      return dtype satisfies never;
  }
}
