/** What is asked of the installer, and what it needs from its surroundings. */
import type { Wheel } from "./package-index.ts";
import type { Request } from "./plan.ts";
import type { Platform } from "./wheel-name.ts";

export type Installation = Request & {
  /** A wheel on this machine to use instead of the index's; null: the index's. */
  readonly wheel: string | null;
  readonly folder: string;
  readonly platform: Platform;
  /** The C++ compiler that CXX names. */
  readonly compiler: string | undefined;
  readonly nowMs: () => number;
  readonly say: (line: string) => void;
  /** Loads the result in a process of its own and returns a line about it. Throws where it does not load. */
  readonly tryOut: (folder: string) => Promise<string>;
};

/** What is installed. `wheel` is null where the operator names a wheel. */
export type Source = { readonly project: string; readonly version: string; readonly wheel: Wheel | null };
