/** Which TensorFlow.js backend trains: the fastest one that this device has and that passes its check. */
import type { BackendName } from "@tributary/protocol";
import { reasonOf } from "../reason-of.ts";

/** From the fastest to the slowest. */
export const backendOrder = ["webgpu", "webgl", "wasm", "cpu"] as const;
export type BrowserBackend = (typeof backendOrder)[number];

/** The result of opening one backend. `adapter` names the device that computes. */
export type Opened =
  | { readonly ok: true; readonly adapter: string }
  | { readonly ok: false; readonly reason: string };

export type BackendProbe = {
  readonly name: BrowserBackend;
  /** Opens the backend, makes it current and checks it. `forced`: a software adapter is allowed. */
  readonly open: (forced: boolean) => Promise<Opened>;
};

export type RefusedBackend = { readonly name: BrowserBackend; readonly reason: string };
export type BackendChoice =
  | {
      readonly ok: true;
      readonly name: BackendName & BrowserBackend;
      readonly adapter: string;
      readonly refused: readonly RefusedBackend[];
    }
  | { readonly ok: false; readonly refused: readonly RefusedBackend[] };

/** Tries the probes in order, or only the `forced` one. A probe that throws is refused with its message. */
export async function chooseBackend(
  probes: readonly BackendProbe[],
  forced: BrowserBackend | null,
): Promise<BackendChoice> {
  const refused: RefusedBackend[] = [];
  for (const probe of probes) {
    if (forced !== null && probe.name !== forced) continue;
    const opened = await probe.open(forced !== null).catch((cause: unknown) => failure(cause));
    if (opened.ok) return { ok: true, name: probe.name, adapter: opened.adapter, refused };
    refused.push({ name: probe.name, reason: opened.reason });
  }
  return { ok: false, refused };
}

/** Whether the adapter computes on the CPU: wasm is more than ten times faster than any of those. */
export function isSoftwareAdapter(description: string): boolean {
  return /swiftshader|llvmpipe|softpipe|lavapipe|basic render|software|\bwarp\b/i.test(description);
}

/** Reads `?backend=wasm`; null for a backend that no page has. */
export function parseBackend(value: string | null): BrowserBackend | null {
  return backendOrder.find((name) => name === value) ?? null;
}

function failure(cause: unknown): Opened {
  return { ok: false, reason: reasonOf(cause) };
}
