/** The process that reads damaged files: it may crash, hang or fill the memory, and its parent tells which. */
import { performance } from "node:perf_hooks";
import { createRng, deriveSeed } from "@tributary/model";
import { reasonOf } from "@tributary/platform";
import type { FromReader, ToReader } from "./messages.ts";
import { mutant } from "./mutant.ts";
import { openReader } from "./readers.ts";

process.on("message", (asked: ToReader) => {
  void readAll(asked).then(() => process.exit(0));
});

async function readAll({ reader: name, seed, from, to }: ToReader): Promise<void> {
  const reader = await openReader(name);
  for (let at = from; at < to; at++) {
    const bytes = mutant(reader.files, createRng(deriveSeed(seed, name, at)));
    await say({ type: "begun", at });
    const startedMs = performance.now();
    try {
      const outcome = await reader.read(bytes);
      await say({ type: "read", at, outcome, ms: performance.now() - startedMs });
    } catch (error) {
      await say({ type: "broken", at, reason: reasonOf(error) });
    }
  }
  await say({ type: "done", peakBytes: process.resourceUsage().maxRSS * 1024 });
}

function say(message: FromReader): Promise<void> {
  return new Promise((resolve) => process.send?.(message, () => resolve()));
}
