/** The bytes of the snapshot on its way in, and the values of the newest one that came whole. */
import {
  type Assembly,
  acceptChunk,
  beginAssembly,
  decodeTensor,
  type Hash,
  manifestProblem,
  type TensorManifest,
} from "@tributary/protocol";
import type { SessionEvent } from "./session/events.ts";

export type Snapshot = { readonly hash: Hash; readonly values: Float32Array };

export type SnapshotDownload = {
  /** Forgets what came of an earlier download. */
  begin(manifest: TensorManifest): void;
  /** Takes the chunk at `offset`; the last one is followed by the check of the hash. */
  keep(offset: number, chunk: Uint8Array): void;
  latest(): Snapshot | null;
};

export function createSnapshotDownload(dispatch: (event: SessionEvent) => void): SnapshotDownload {
  let assembly: Assembly | null = null;
  let latest: Snapshot | null = null;
  return {
    begin(manifest) {
      const problem = manifestProblem(manifest);
      assembly = problem === null ? beginAssembly(manifest) : null;
      if (problem !== null) dispatch({ type: "snapshot-broken", hash: manifest.hash, detail: problem });
    },
    keep(offset, chunk) {
      if (assembly === null) return;
      const { manifest } = assembly;
      const kept = acceptChunk(assembly, { offset, bytes: chunk });
      if (kept.outcome === "partial") return;
      assembly = null;
      const decoded = kept.outcome === "complete" ? decodeTensor(manifest, kept.bytes) : kept;
      if ("values" in decoded) {
        latest = { hash: manifest.hash, values: decoded.values };
        dispatch({ type: "snapshot-verified", hash: manifest.hash });
      } else {
        dispatch({ type: "snapshot-broken", hash: manifest.hash, detail: decoded.detail });
      }
    },
    latest: () => latest,
  };
}
