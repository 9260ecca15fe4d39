/** A tensor's bytes cut into chunks, and put together again: in order, resumable from an offset. */
import type { Hash, TensorManifest } from "./message-parts.ts";
import { hashOf } from "./tensor.ts";

/** A piece of a tensor's bytes, which begins at byte `offset`. */
export type Chunk = { readonly offset: number; readonly bytes: Uint8Array };

/** The chunk at `offset`, of at most `chunkBytes`; null at the end and beyond. Its bytes are a view. */
export function chunkAt(bytes: Uint8Array, offset: number, chunkBytes: number): Chunk | null {
  if (offset >= bytes.length) return null;
  return { offset, bytes: bytes.subarray(offset, offset + chunkBytes) };
}

/** All chunks from `offset` on. Each one's bytes are a view. */
export function* chunksFrom(bytes: Uint8Array, offset: number, chunkBytes: number): Generator<Chunk> {
  for (let at = offset; at < bytes.length; at += chunkBytes) {
    yield { offset: at, bytes: bytes.subarray(at, at + chunkBytes) };
  }
}

/** A tensor whose bytes are arriving. The first `received` bytes are there; the next chunk belongs at that offset. */
export type Assembly = {
  readonly manifest: TensorManifest;
  readonly bytes: Uint8Array<ArrayBuffer>;
  received: number;
};

/** An empty assembly. It reserves `manifest.bytes` of memory: check the manifest first. */
export function beginAssembly(manifest: TensorManifest): Assembly {
  return { manifest, bytes: new Uint8Array(manifest.bytes), received: 0 };
}

/** What came of a chunk. `detail` quotes the offending value. */
export type ChunkOutcome =
  | { readonly outcome: "partial"; readonly received: number }
  /** Every byte is there and the hash is right. */
  | { readonly outcome: "complete"; readonly bytes: Uint8Array<ArrayBuffer> }
  | {
      readonly outcome: "refused";
      readonly reason: "bad-offset" | "too-large" | "hash-mismatch";
      readonly detail: string;
    };

/**
 * Adds one chunk to the assembly. A refused chunk changes nothing, except that a wrong hash empties the assembly,
 * since any of its bytes may be the wrong ones. `sha256` may be a platform's own, which is many times faster.
 */
export function acceptChunk(
  assembly: Assembly,
  chunk: Chunk,
  sha256: (bytes: Uint8Array) => Hash = hashOf,
): ChunkOutcome {
  const { bytes, received } = assembly;
  if (chunk.offset !== received || chunk.bytes.length === 0) {
    const detail = `expected bytes at offset ${received}, got ${chunk.bytes.length} bytes at ${chunk.offset}`;
    return { outcome: "refused", reason: "bad-offset", detail };
  }
  if (received + chunk.bytes.length > bytes.length) {
    const detail = `expected ${bytes.length} bytes in all, got ${received + chunk.bytes.length}`;
    return { outcome: "refused", reason: "too-large", detail };
  }
  bytes.set(chunk.bytes, received);
  assembly.received += chunk.bytes.length;
  if (assembly.received < bytes.length) return { outcome: "partial", received: assembly.received };
  return complete(assembly, sha256(bytes));
}

/** What came of the last chunk, whose bytes give the whole tensor `hash`. */
function complete(assembly: Assembly, hash: Hash): ChunkOutcome {
  const { manifest, bytes } = assembly;
  if (hash === manifest.hash) return { outcome: "complete", bytes };
  assembly.received = 0;
  const detail = `expected hash ${manifest.hash}, got ${hash}`;
  return { outcome: "refused", reason: "hash-mismatch", detail };
}
