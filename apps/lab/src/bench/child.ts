/**
 * `node child.js BACKEND`: measures one case on one backend. It reads lines: the case as JSON, then `measure` as often as
 * wanted, then `end`.
 */

import { createInterface } from "node:readline";
import { type BackendPreference, openBackend } from "@tributary/backends";
import { reasonOf } from "@tributary/platform";
import { type DynafedSettings, smallPlan } from "@tributary/protocol";
import { noiseTask } from "../plans/image-task.ts";
import { paperScale } from "../plans/scales.ts";
import { type TimedPlan, timeSynthesis, trainingTrial } from "../timing/trials.ts";
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

/** One pass of `steps` batches per turn; each answer is the ms of one step. */
async function train(task: BenchCase, plan: TimedPlan): Promise<void> {
  const trial = trainingTrial(plan, task.images * task.steps);
  for (;;) {
    await turn();
    say({ ms: (await trial()) / task.steps });
  }
}

/** One endless synthesis, held after each of its iterations. */
async function learn(plan: BenchPlan): Promise<void> {
  await turn();
  await timeSynthesis(plan, async (ms) => {
    say({ ms });
    await turn();
  });
}

type BenchPlan = TimedPlan & { readonly dynafed: DynafedSettings };

/** The paper's settings at the case's shape. */
function planFor({ kind, side, width, images, steps }: BenchCase): BenchPlan {
  return {
    task: noiseTask({ side, width, classes: CLASSES }),
    local: { ...smallPlan.local, batchSize: images },
    dynafed: {
      ...paperScale.dynafed,
      snapshots: 5,
      imagesPerClass: Math.ceil(images / CLASSES),
      innerSteps: kind === "training" ? 1 : steps,
      iterations: 100_000,
    },
  };
}

async function turn(): Promise<void> {
  if ((await nextLine()) !== "measure") throw new Ended();
}

/** The end of the input, when the parent is gone, ends the measurements too. */
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
