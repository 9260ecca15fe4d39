/** For tests: hashes that say what they are of. */
import type { Hash } from "@tributary/protocol";

export const initialHash: Hash = "0".repeat(64);

/** The hash of a round's aggregate ("a") or refined model ("b"). */
export function hashOf(round: number, kind: "a" | "b"): Hash {
  return kind + String(round).padStart(63, "0");
}
