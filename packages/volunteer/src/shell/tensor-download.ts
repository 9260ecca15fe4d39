/** The tensor that is being fetched, and the newest snapshot and control variate that came whole. */
import {
  type Assembly,
  acceptChunk,
  beginAssembly,
  decodeTensor,
  type Hash,
  manifestProblem,
  type TensorManifest,
} from "@tributary/protocol";
import type { RoundPart } from "../session/state.ts";
import type { Dispatch } from "./event-loop.ts";

/** `values`: [parameters]. `hash`: of the bytes that travelled. */
export type Tensor = { readonly hash: Hash; readonly values: Float32Array };

/** Owns the memory of the tensors. */
export type TensorDownload = {
  readonly dispatch: Dispatch;
  under: { readonly part: RoundPart; readonly assembly: Assembly } | null;
  readonly latest: { [Part in RoundPart]: Tensor | null };
};

/** Nothing is fetched yet. */
export function createTensorDownload(dispatch: Dispatch): TensorDownload {
  return { dispatch, under: null, latest: { snapshot: null, control: null } };
}

/** Drops an unfinished download, and reserves memory for this one. */
export function beginDownload(download: TensorDownload, part: RoundPart, manifest: TensorManifest): void {
  const problem = manifestProblem(manifest);
  download.under = problem === null ? { part, assembly: beginAssembly(manifest) } : null;
  if (problem !== null) download.dispatch({ type: "tensor-broken", hash: manifest.hash, detail: problem });
}

/** Keeps the chunk at `offset`. After the last one it reports whether the tensor has the hash of its manifest. */
export function keepChunk(download: TensorDownload, offset: number, chunk: Uint8Array): void {
  if (download.under === null) return;
  const { part, assembly } = download.under;
  const { manifest } = assembly;
  const kept = acceptChunk(assembly, { offset, bytes: chunk });
  if (kept.outcome === "partial") return;
  download.under = null;
  const decoded = kept.outcome === "complete" ? decodeTensor(manifest, kept.bytes) : kept;
  if ("values" in decoded) {
    download.latest[part] = { hash: manifest.hash, values: decoded.values };
    download.dispatch({ type: "tensor-verified", part, hash: manifest.hash });
  } else {
    download.dispatch({ type: "tensor-broken", hash: manifest.hash, detail: decoded.detail });
  }
}
