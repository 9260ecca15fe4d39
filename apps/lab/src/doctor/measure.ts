/** Opens one backend and finds out how right and how fast it is. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CandidateId, candidates, NoBackend, openFirst } from "@tributary/backends";
import {
  createRng,
  type Dataset,
  initialOptimizerState,
  initialParameters,
  synthesize,
  trainLocally,
} from "@tributary/model";
import { failures, type ParityErrors, parityErrors } from "@tributary/model/parity";
import { places } from "@tributary/platform";
import { type DynafedSettings, type NetworkSpec, smallDynafed, smallPlan } from "@tributary/protocol";
import type { Probe } from "./report.ts";

type Work = {
  readonly side: number;
  readonly width: number;
  readonly batch: number;
  readonly imagesPerClass: number;
  readonly innerSteps: number;
  readonly repetitions: number;
};

const usual: Work = { side: 28, width: 32, batch: 32, imagesPerClass: 2, innerSteps: 5, repetitions: 5 };
/** Plain JavaScript and software adapters are two orders of magnitude slower. */
const forTheSlow: Work = {
  side: 12,
  width: 4,
  batch: 8,
  imagesPerClass: 1,
  innerSteps: 2,
  repetitions: 1,
};
const CLASSES = 10;

/**
 * What is known of the backend, again and again as more becomes known: a backend that ends the process has then said
 * how far it came. Throws, with the reason, where it does not open or is not to be trusted.
 * @param forced whether a software adapter is good enough
 */
export async function measure(id: CandidateId, forced: boolean, say: (probe: Probe) => void): Promise<Probe> {
  const candidate = candidates(forced && id === "webgpu" ? "webgpu" : "auto").find((one) => one.id === id);
  if (candidate === undefined) throw new Error(`unknown backend "${id}"`);
  const backend = await openFirst([candidate], "auto").catch((error: unknown) => {
    const reason = error instanceof NoBackend ? error.refused[0]?.reason : undefined;
    throw reason === undefined ? error : new Error(reason, { cause: error });
  });
  const { adapter, library } = backend;
  const selfCheck = { vector: "self-check", errors: { ...backend.errors }, passed: true };
  let probe: Probe = { adapter, library, parity: [selfCheck], trainingStep: null, synthesisIteration: null };
  const know = (more: Partial<Probe>) => {
    probe = { ...probe, ...more };
    say(probe);
  };
  know({});
  const parity = [...probe.parity, ...(await fixtureErrors())];
  know({ parity });
  const wrong = parity.filter(({ passed }) => !passed).map(({ vector }) => vector);
  if (wrong.length > 0) throw new Error(`it is off on known numbers: ${wrong.join(", ")}`);
  const isSlow = id === "cpu" || backend.device === "software";
  const work = isSlow ? forTheSlow : usual;
  know({ trainingStep: await timeTraining(work) });
  know({ synthesisIteration: await timeSynthesis(work) });
  await backend.close();
  return probe;
}

/** Of the vectors that come with the source; none where there is no source. */
async function fixtureErrors(): Promise<Probe["parity"]> {
  const names = await readdir(places.parityFiles).catch(() => []);
  const results: Probe["parity"] = [];
  for (const name of names.filter((one) => one.endsWith(".json")).sort()) {
    const errors = await parityErrors(await readFile(join(places.parityFiles, name), "utf8"));
    const passed = failures(errors).length === 0;
    results.push({ vector: name.replace(/\.json$/, ""), errors: flat(errors), passed });
  }
  return results;
}

function flat(errors: ParityErrors): Record<string, number> {
  const all: readonly (readonly [string, number | Readonly<Record<string, number>>])[] =
    Object.entries(errors);
  return Object.fromEntries(
    all.flatMap(([name, error]) =>
      typeof error === "number"
        ? [[name, error] as const]
        : Object.entries(error).map(([part, value]) => [`${name}.${part}`, value] as const),
    ),
  );
}

async function timeTraining(work: Work): Promise<Probe["trainingStep"]> {
  const spec = networkOf(work);
  const { side, width, batch, repetitions } = work;
  const start = initialParameters(spec, 1);
  const local = { ...smallPlan.local, epochs: 1, batchSize: batch };
  const ms = await medianMs(repetitions, async () => {
    await trainLocally({
      spec,
      start,
      dataset: noise(work),
      preprocessing: smallPlan.preprocessing,
      local,
      optimizerState: initialOptimizerState(local.optimizer, start.length),
      seed: 1,
    });
  });
  return { image: [side, side, 1], width, images: batch, ms, repetitions };
}

async function timeSynthesis(work: Work): Promise<Probe["synthesisIteration"]> {
  const { side, width, imagesPerClass, innerSteps, repetitions } = work;
  const spec = networkOf(work);
  const settings: DynafedSettings = {
    ...smallDynafed,
    imagesPerClass,
    innerSteps,
    iterations: repetitions + 1,
    snapshots: 5,
  };
  const trajectory = Array.from({ length: settings.snapshots }, (_, i) => initialParameters(spec, i));
  const times: number[] = [];
  let begin = performance.now();
  await synthesize({
    spec,
    trajectory,
    settings,
    seed: 1,
    onIteration() {
      const now = performance.now();
      times.push(now - begin);
      begin = now;
    },
  });
  const images = imagesPerClass * CLASSES;
  return { image: [side, side, 1], width, images, innerSteps, ms: median(times.slice(1)), repetitions };
}

function networkOf({ side, width }: Work): NetworkSpec {
  return { kind: "convnet", image: [side, side, 1], classes: CLASSES, width, depth: 3 };
}

function noise({ side, batch }: Work): Dataset {
  const rng = createRng(1);
  const pixels = Uint8Array.from({ length: batch * side * side }, () => Math.floor(rng.uniform() * 256));
  const labels = Uint8Array.from({ length: batch }, (_, i) => i % CLASSES);
  return { image: [side, side, 1], classes: CLASSES, count: batch, pixels, labels };
}

/** The first run, which compiles and fills caches, is not counted. */
async function medianMs(repetitions: number, run: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i <= repetitions; i++) {
    const begin = performance.now();
    await run();
    times.push(performance.now() - begin);
  }
  return median(times.slice(1));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
