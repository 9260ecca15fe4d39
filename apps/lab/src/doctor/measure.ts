/** Opens one backend and measures how exact and how fast it is. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CandidateId, candidates, NoBackend, type OpenBackend, openFirst } from "@tributary/backends";
import { failures, type ParityErrors, parityErrors } from "@tributary/model/parity";
import { places } from "@tributary/platform";
import { type DynafedSettings, smallDynafed, smallPlan } from "@tributary/protocol";
import { noiseTask } from "../plans/image-task.ts";
import { median, medianOf, type TimedPlan, timeSynthesis, trainingTrial } from "../timing/trials.ts";
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
/** For plain JavaScript and software adapters, which are two orders of magnitude slower. */
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
 * Examines the backend and returns the probe. `say` gets the probe so far whenever more is known, so that a backend that
 * ends the process has said how far it came. `forced`: a software adapter is good enough.
 * Throws an Error with the reason where the backend does not open or its numbers are wrong.
 */
export async function measure(id: CandidateId, forced: boolean, say: (probe: Probe) => void): Promise<Probe> {
  const backend = await openAlone(id, forced);
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
  know({ trainingStep: await measureTraining(work) });
  know({ synthesisIteration: await measureSynthesis(work) });
  await backend.close();
  return probe;
}

/** Opens one candidate. Throws an Error with its reason where it does not open. */
async function openAlone(id: CandidateId, forced: boolean): Promise<OpenBackend> {
  const candidate = candidates(forced && id === "webgpu" ? "webgpu" : "auto").find((one) => one.id === id);
  if (candidate === undefined) throw new Error(`unknown backend "${id}"`);
  return await openFirst([candidate], "auto").catch((error: unknown) => {
    const reason = error instanceof NoBackend ? error.refused[0]?.reason : undefined;
    throw reason === undefined ? error : new Error(reason, { cause: error });
  });
}

/** The errors on the vectors that come with the source. Empty where there is no source. */
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

async function measureTraining(work: Work): Promise<Probe["trainingStep"]> {
  const { side, width, batch, repetitions } = work;
  const ms = await medianOf(trainingTrial(planOf(work), batch), repetitions);
  return { image: [side, side, 1], width, images: batch, ms, repetitions };
}

async function measureSynthesis(work: Work): Promise<Probe["synthesisIteration"]> {
  const { side, width, imagesPerClass, innerSteps, repetitions } = work;
  const times: number[] = [];
  await timeSynthesis(planOf(work), (ms) => void times.push(ms));
  const images = imagesPerClass * CLASSES;
  return { image: [side, side, 1], width, images, innerSteps, ms: median(times.slice(1)), repetitions };
}

function planOf({ side, width, batch, imagesPerClass, innerSteps, repetitions }: Work) {
  return {
    task: noiseTask({ side, width, classes: CLASSES }),
    local: { ...smallPlan.local, batchSize: batch },
    dynafed: { ...smallDynafed, imagesPerClass, innerSteps, iterations: repetitions + 1, snapshots: 5 },
  } satisfies TimedPlan & { readonly dynafed: DynafedSettings };
}
