/** The bytes of the tensor on its way in, and the values of the newest snapshot and control variate that came whole. */
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
import type { RoundPart } from "./session/state.ts";

export type Tensor = { readonly hash: Hash; readonly values: Float32Array };

export type TensorDownload = {
  /** Forgets what came of an earlier download. */
  begin(part: RoundPart, manifest: TensorManifest): void;
  /** Takes the chunk at `offset`; the last one is followed by the check of the hash. */
  keep(offset: number, chunk: Uint8Array): void;
  latest(part: RoundPart): Tensor | null;
};

export function createTensorDownload(dispatch: (event: SessionEvent) => void): TensorDownload {
  let under: { readonly part: RoundPart; readonly assembly: Assembly } | null = null;
  const latest: { [Part in RoundPart]: Tensor | null } = { snapshot: null, control: null };
  return {
    begin(part, manifest) {
      const problem = manifestProblem(manifest);
      under = problem === null ? { part, assembly: beginAssembly(manifest) } : null;
      if (problem !== null) dispatch({ type: "tensor-broken", hash: manifest.hash, detail: problem });
    },
    keep(offset, chunk) {
      if (under === null) return;
      const { part, assembly } = under;
      const { hash } = assembly.manifest;
      const kept = acceptChunk(assembly, { offset, bytes: chunk });
      if (kept.outcome === "partial") return;
      under = null;
      const decoded = kept.outcome === "complete" ? decodeTensor(assembly.manifest, kept.bytes) : kept;
      if ("values" in decoded) {
        latest[part] = { hash, values: decoded.values };
        dispatch({ type: "tensor-verified", part, hash });
      } else {
        dispatch({ type: "tensor-broken", hash, detail: decoded.detail });
      }
    },
    latest: (part) => latest[part],
  };
}
