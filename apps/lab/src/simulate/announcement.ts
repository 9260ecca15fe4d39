/** What a simulation prints before it begins: what it will do, on what, and about how long it takes. Pure. */
import { type Plan, sampleOf } from "@tributary/protocol";
import { splitWords } from "../data/split.ts";
import type { RunManifest } from "../run/manifest.ts";

/** Four lines. `time`: "12 to 15 min", for the rounds after the first `roundsDone`. */
export function announcement(manifest: RunManifest, roundsDone: number, time: string): string {
  const { plan, data, backend, adapter } = manifest;
  const { rounds, cohort, seed } = plan;
  const sample = sampleOf(plan);
  const members = Math.min(cohort.size, sample.shards);
  return [
    `${rounds} rounds of ${plan.strategy.kind}, ${members} of ${sample.shards} clients a round, ${splitWords(manifest.split)}, seed ${seed}`,
    dynafedWords(plan),
    `${networkWords(plan)}, ${sample.train} training and ${sample.test} test examples of ${data.folder}`,
    `on ${backend} (${adapter}), about ${time}${roundsDone === 0 ? "" : ` for the ${rounds - roundsDone} rounds that are left`}`,
  ].join("\n");
}

function dynafedWords({ dynafed }: Plan): string {
  if (dynafed === null) return "without DynaFed";
  const { snapshots, iterations, imagesPerClass, innerSteps } = dynafed;
  return `DynaFed after ${snapshots - 1} rounds: ${iterations} iterations for ${imagesPerClass} examples per class, ${innerSteps} inner steps`;
}

function networkWords({ task: { network } }: Plan): string {
  return network.kind === "convnet"
    ? `ConvNet of width ${network.width} and depth ${network.depth}`
    : `MLP with hidden layers of ${network.hidden.join(", ") || "no"} units`;
}
