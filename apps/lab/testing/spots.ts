/** A tiny data set and tiny plans for tests of whole simulated runs. */
import { createRng, type ImageDataset } from "@tributary/model";
import { describeProblems, fashionMnistTask, type Plan } from "@tributary/protocol";
import type { LabTask } from "../src/data/lab-data.ts";
import { imageTask } from "../src/plans/image-task.ts";
import { type Parsed, parseSimulationConfig, planOfConfig } from "../src/simulate/simulation-config.ts";

/** Two classes: dark and bright images of 8x8, with noise. */
function spots(count: number, seed: number): ImageDataset {
  const rng = createRng(seed);
  const labels = Uint8Array.from({ length: count }, (_, at) => at % 2);
  const pixels = Uint8Array.from({ length: count * 64 }, (_, at) => {
    const bright = labels[Math.floor(at / 64)] === 1;
    return (bright ? 100 : 20) + rng.integer(130);
  });
  return { kind: "images", image: [8, 8, 1], classes: 2, count, pixels, labels };
}

const train = spots(60, 1);

export const spotData = {
  ...{ train, test: spots(20, 2), isOwnTask: false, groups: null },
  task: imageTask(
    { train, classNames: ["dark", "bright"], preprocessing: { mean: [0.1307], std: [0.3081] } },
    fashionMnistTask.network,
  ),
} satisfies LabTask;

/** Changes of the paper's plan: three clients, two a round, three rounds, no DynaFed. */
export const smallPart = {
  seed: 1,
  task: { network: { width: 2 } },
  rounds: 3,
  cohort: { size: 2 },
  local: { batchSize: 8 },
  dynafed: null,
  sample: { shards: 3, alpha: 0.5 },
};

/** Six rounds, the last two of them refined. */
export const dynafedPart = {
  ...smallPart,
  rounds: 6,
  dynafed: { snapshots: 5, imagesPerClass: 2, innerSteps: 2, iterations: 3, refineSteps: 2 },
};

/** The plan that the part makes for the spots. Throws where it makes none. */
export function spotPlan(part: object): Plan {
  const config = expectOk(parseSimulationConfig(JSON.stringify({ plan: part })));
  return expectOk(planOfConfig(config, spotData, "spots"));
}

function expectOk<Value>(parsed: Parsed<Value>): Value {
  if (!parsed.ok) throw new Error(describeProblems(parsed.problems));
  return parsed.value;
}
