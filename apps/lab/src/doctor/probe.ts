/** `fork(probe, [BACKEND, FORCED])`: examines one backend in a process that it may bring down. */

import type { CandidateId } from "@tributary/backends";
import { reasonOf } from "@tributary/platform";
import { measure } from "./measure.ts";
import type { Probe } from "./report.ts";

/** What the process sends its parent: `known` as often as more is known, then one of the others. */
export type ProbeMessage =
  | { readonly type: "known"; readonly probe: Probe }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly reason: string };

const [id, forced] = process.argv.slice(2);
const say = (message: ProbeMessage) => new Promise<void>((sent) => process.send?.(message, () => sent()));

try {
  await measure(id as CandidateId, forced === "forced", (probe) => void say({ type: "known", probe }));
  await say({ type: "done" });
} catch (error) {
  await say({ type: "failed", reason: reasonOf(error) });
}
// Dawn and TensorFlow keep threads that would hold the process.
process.exit(0);
