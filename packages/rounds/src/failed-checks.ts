import type { Problem } from "@tributary/protocol";

/** Whether a value is as it must be, where it lies, and what is said of it if not. */
export type Check = readonly [ok: boolean, path: string, message: string];

/** The problems of the checks that failed, in their order. */
export function failed(checks: readonly Check[]): readonly Problem[] {
  return checks.filter(([ok]) => !ok).map(([, path, message]) => ({ path, message }));
}
