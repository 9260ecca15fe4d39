import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { smallPlan } from "@tributary/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SimulationResult } from "../simulation/simulation.ts";
import { openRunFolder, readProgress } from "./run-folder.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "run-folder-"));
});
afterEach(() => rm(folder, { recursive: true }));

const round = {
  ...{ round: 1, participants: 2, accuracyAveraged: 0.5, accuracyRefined: null, accuracy: 0.5, loss: 1 },
  ...{ bytesUp: 1, bytesDown: 1 },
};
const result: SimulationResult = {
  rounds: [round],
  parameters: new Float32Array(1),
  synthesis: {
    round: 1,
    distances: [1],
    set: {
      ...{ image: [1, 1, 1], classes: smallPlan.network.classes, imagesPerClass: 1, innerStep: 0.1 },
      ...{ images: new Float32Array(10), labelLogits: new Float32Array(100) },
    },
  },
};
const cost = { spent: { train: 1, evaluate: 2, synthesize: 3, refine: 4 }, cpuSeconds: 11 };

test("[Q20] a run counts as finished only once its last file is there", async () => {
  await mkdir(join(folder, "synthetic-set.bin"));
  const run = openRunFolder(folder);
  await expect(run.finish(result, cost, "wasm")).rejects.toThrow(/synthetic-set.bin/);
  expect(await readProgress(folder)).toEqual({ rounds: 1, finished: false });
  await rm(join(folder, "synthetic-set.bin"), { recursive: true });
  await run.finish(result, cost, "wasm");
  expect(await readProgress(folder)).toEqual({ rounds: 1, finished: true });
});
