/**
 * `node child.js BACKEND`: measures one case on one backend, a line at a time: the case as JSON, then `measure` as
 * often as wanted, then `end`. What is timed is the model package's own trainLocally and synthesize.
 */

import { createInterface } from "node:readline";
import { type BackendPreference, openBackend } from "@tributary/backends";
import {
  createRng,
  type Dataset,
  initialOptimizerState,
  initialParameters,
  synthesize,
  trainLocally,
} from "@tributary/model";
import { reasonOf } from "@tributary/platform";
import type { Plan } from "@tributary/protocol";
import { PAPER_SETTINGS, planOfConfig } from "../simulation/simulation-config.ts";
import { type BenchCase, CLASSES } from "./cases.ts";

class Ended extends Error {}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

try {
  await main(process.argv[2] as BackendPreference);
} catch (error) {
  say({ failed: reasonOf(error) });
}
// Node's native WebGPU keeps threads that would hold the process.
process.stdout.write("", () => process.exit(0));

async function main(backendName: BackendPreference): Promise<void> {
  const task = JSON.parse(await nextLine()) as BenchCase;
  const backend = await openBackend(backendName);
  const plan = planFor(task);
  say({ on: backend.adapter, baselineBytes: peakBytes() });
  try {
    if (task.kind === "training") await train(task, plan);
    else await learn(plan);
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
    say({ peakBytes: peakBytes() });
  }
}

/** Passes of `steps` batches; ms of one step, the transfers of parameters and Adam's state at both ends included. */
async function train(task: BenchCase, plan: Plan): Promise<void> {
  const { network: spec, preprocessing, local } = plan;
  const start = initialParameters(spec, 1);
  const dataset = noise(plan, task.images * task.steps);
  let optimizerState = initialOptimizerState(local.optimizer, start.length);
  for (;;) {
    await turn();
    const begin = performance.now();
    const pass = await trainLocally({ spec, start, dataset, preprocessing, local, optimizerState, seed: 1 });
    say({ ms: (performance.now() - begin) / task.steps });
    ({ optimizerState } = pass);
  }
}

/** One synthesis without end, held after each of its iterations. */
async function learn(plan: Plan): Promise<void> {
  const { network: spec, dynafed } = plan;
  if (dynafed === null) throw new Error("expected a plan with DynaFed, got dynafed null");
  const start = initialParameters(spec, 1);
  const rng = createRng(2);
  const trajectory = Array.from({ length: dynafed.snapshots }, (_, round) =>
    start.map((value) => value + 0.01 * round * (1 + rng.normal())),
  );
  await turn();
  let begin = performance.now();
  await synthesize({
    spec,
    trajectory,
    settings: dynafed,
    seed: 3,
    async onIteration() {
      say({ ms: performance.now() - begin });
      await turn();
      begin = performance.now();
    },
  });
}

/** The paper's settings at the case's shape. */
function planFor(task: BenchCase): Plan {
  const images = task.kind === "training" ? task.images * task.steps : CLASSES;
  const parsed = planOfConfig(
    {
      ...PAPER_SETTINGS,
      width: task.width,
      batch: task.images,
      snapshots: 5,
      imagesPerClass: Math.ceil(task.images / CLASSES),
      innerSteps: task.kind === "training" ? 1 : task.steps,
      iterations: 100_000,
      clients: 1,
      perRound: 1,
    },
    { image: [task.side, task.side, 1], classes: CLASSES, train: images, test: CLASSES },
  );
  if (!parsed.ok) throw new Error(parsed.problems.join("; "));
  return parsed.value;
}

function noise(plan: Plan, count: number): Dataset {
  const { image, classes } = plan.network;
  const rng = createRng(4);
  const pixels = Uint8Array.from({ length: count * image[0] * image[1] * image[2] }, () => rng.integer(256));
  return { image, classes, count, pixels, labels: Uint8Array.from({ length: count }, (_, i) => i % classes) };
}

async function turn(): Promise<void> {
  if ((await nextLine()) !== "measure") throw new Ended();
}

/** A parent that has gone ends the measurements too. */
async function nextLine(): Promise<string> {
  const next = await lines.next();
  return next.done ? "end" : next.value;
}

function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
