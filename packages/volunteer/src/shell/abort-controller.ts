import type { TrainingSignal } from "../types.ts";

/** As far as it is used here. */
export type AbortController = { readonly signal: TrainingSignal; abort(reason: unknown): void };

/** A new controller of the platform. Browsers, workers and Node all have it; the ES library only lacks its type. */
export function createAbortController(): AbortController {
  // biome-ignore lint/style/noRestrictedGlobals: a global by its nature, and the only one that the volunteer takes
  const platform = globalThis as typeof globalThis & { readonly AbortController: new () => AbortController };
  return new platform.AbortController();
}
