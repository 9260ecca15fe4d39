import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { smallPlan } from "@tributary/protocol";
import { initialState } from "@tributary/rounds";
import { afterEach, beforeEach, expect, test } from "vitest";
import { measured } from "../../testing/measured.ts";
import { type ExperimentManifest, readResults } from "../experiment/results.ts";
import { roundsCsv } from "../simulation/round-rows.ts";
import type { SimulationCheckpoint, SimulationResult } from "../simulation/simulated-run.ts";
import { SIMULATION_FORMAT } from "./manifest.ts";
import { readRounds, readSummary } from "./run-files.ts";
import { OtherConfiguration, openRunFolder } from "./run-folder.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "run-folder-"));
});
afterEach(() => rm(folder, { recursive: true }));

const round = {
  ...{ round: 1, participants: 2, aggregate: measured(0.5), refined: null, federated: null, loss: 1 },
  ...{ bytesUp: 1, bytesDown: 1 },
};
const result: SimulationResult = {
  rounds: [round],
  refusals: [],
  parameters: new Float32Array(1),
  synthesis: {
    round: 1,
    distances: [1],
    set: {
      ...{ input: [1, 1, 1], classes: 10, imagesPerClass: 1, innerStep: 0.1 },
      ...{ inputs: new Float32Array(10), labelLogits: new Float32Array(100) },
    },
  },
};
const manifest: ExperimentManifest = {
  ...{ format: SIMULATION_FORMAT, version: 1 },
  ...{
    preset: "p",
    scale: "desk",
    method: "A",
    split: { kind: "even" },
    seed: 1,
    plan: smallPlan,
    volunteersTrain: "always",
  },
  data: { folder: "d", sha256: "0", input: [4, 4, 1], outputs: 2, train: 10, test: 10 },
  ...{ backend: "wasm", adapter: "CPU", versions: {}, command: "npm run experiment -- p" },
};
const cost = { spent: { train: 1, evaluate: 2, synthesize: 3, refine: 4 }, cpuSeconds: 11 };

test("[Q20] a run counts as finished only once its last file is there", async () => {
  await mkdir(join(folder, "synthetic-set.bin"));
  const run = openRunFolder(folder, "refuse");
  await expect(run.finish(result, cost, manifest)).rejects.toThrow(/synthetic-set.bin/);
  expect(await readRounds(folder)).toMatchObject([
    { round: 1, participants: 2, accuracy: 0.5, auc: 0.5, testLoss: 0.5 },
  ]);
  expect(await readSummary(folder)).toBeNull();
  await rm(join(folder, "synthetic-set.bin"), { recursive: true });
  await run.finish(result, cost, manifest);
  expect(await readSummary(folder)).toMatchObject({ final: 0.5, seconds: 10, ...cost });
});

test("[Q21] damaged files of a run are reported with what is wrong: summary and rounds are written again, a manifest is refused", async () => {
  const runs = join(folder, "runs");
  const [whole, damaged] = [join(runs, "a"), join(runs, "b")];
  for (const path of [whole, damaged]) {
    const run = openRunFolder(path, "refuse");
    await run.open(manifest, (text) => expect.unreachable(text));
    await run.finish(result, cost, manifest);
  }
  const file = join(damaged, "summary.json");
  for (const [content, problem] of [
    ['{"final": 0.5', "the value must be an object, got nothing"],
    ["{}", "/final is missing"],
    ['{"final": 7}', "/last20Mean is missing"],
  ] as const) {
    await writeFile(file, content);
    const notes: string[] = [];
    const found = await readResults(runs, [], (text) => notes.push(text));
    expect(found.map(({ folder }) => folder)).toEqual([whole]);
    expect(notes).toEqual([`${file} is damaged: ${problem}; the run is left out`]);
    await openRunFolder(damaged, "refuse").open(manifest, (text) => notes.push(text));
    expect(notes[1]).toBe(`${file} is damaged: ${problem}; the run is finished again`);
    expect(await readSummary(damaged)).toBeNull();
  }
  const rounds = join(damaged, "rounds.csv");
  for (const [content, problem] of [
    ["round,accuracy\r\n1,0.5\r\n", "/0/participants is missing"],
    [roundsCsv([round]).replace("0.5", "x"), "/0/accuracyAggregate must be a number, got NaN"],
    [
      roundsCsv([{ ...round, aggregate: measured(7) }]).replace("2,7,", "2,1,"),
      "/0/accuracy must be at most 1, got 7",
    ],
  ] as const) {
    await openRunFolder(damaged, "refuse").finish(result, cost, manifest);
    await writeFile(rounds, content);
    const notes: string[] = [];
    const found = await readResults(runs, [], (text) => notes.push(text));
    expect(found.map(({ folder }) => folder)).toEqual([whole]);
    await openRunFolder(damaged, "refuse").open(manifest, (text) => notes.push(text));
    const reason = `${rounds} is damaged: ${problem}`;
    expect(notes).toEqual([`${reason}; the run is left out`, `${reason}; the run is finished again`]);
    expect(await readSummary(damaged)).toBeNull();
  }
  await writeFile(join(whole, "manifest.json"), JSON.stringify({ ...manifest, data: undefined }));
  const reason = `${join(whole, "manifest.json")} is damaged: /data is missing`;
  const notes: string[] = [];
  expect(await readResults(runs, [], (text) => notes.push(text))).toEqual([]);
  expect(notes).toEqual([`${reason}; the run is left out`]);
  await expect(openRunFolder(whole, "refuse").open(manifest, () => undefined)).rejects.toThrow(
    `${reason}. Delete ${whole}, or name another --out.`,
  );
});

test("[Q22] a synthesis of another version is reported and starts again, and the rounds before it stay", async () => {
  const simulation: SimulationCheckpoint = {
    state: initialState(smallPlan, "0"),
    ...{ rounds: [round], refusals: [], parameters: new Float32Array(1), strategyState: {}, trajectory: [] },
    ...{
      volunteers: new Map(),
      synthesis: null,
      synthesizing: Uint8Array.of(0x54, 0x53, 0x59, 0x4e, 2, 0, 0, 0, 0, 0, 0, 0),
    },
  };
  const writer = openRunFolder(folder, "refuse");
  await writer.open(manifest, (text) => expect.unreachable(text));
  await writer.keep({ ...cost, simulation });
  const notes: string[] = [];
  const found = await openRunFolder(folder, "refuse").open(manifest, (text) => notes.push(text));
  expect(notes).toEqual([
    `the synthesis under way in ${folder}: expected checkpoint version 4, got 2; it starts again`,
  ]);
  expect(found?.simulation).toEqual({ ...simulation, synthesizing: null });
});

test("[M17] another run's files move aside, the folder's other files stay, and files of another kind are refused", async () => {
  const notes: string[] = [];
  const open = (asked: ExperimentManifest) =>
    openRunFolder(folder, "set-aside").open(asked, (text) => notes.push(text));
  await open(manifest);
  await openRunFolder(folder, "set-aside").finish(result, cost, manifest);
  await writeFile(join(folder, "notes.txt"), "mine");
  expect(await open(manifest)).toBeNull();
  expect(notes).toEqual([]);

  const other = { ...manifest, plan: { ...smallPlan, rounds: 9, dynafed: null } };
  await open(other);
  expect((await readdir(folder)).sort()).toEqual(["earlier-1", "manifest.json", "notes.txt"]);
  expect((await readdir(join(folder, "earlier-1"))).sort()).toEqual(
    [...["manifest.json", "rounds.csv", "summary.json", "synthesis.json", "synthetic-set.bin"]].sort(),
  );
  expect(notes).toEqual([
    expect.stringMatching(/plan.rounds is 20 there, 9 was asked for.*its files are now in .*earlier-1$/),
  ]);
  expect(await readSummary(join(folder, "earlier-1"))).toMatchObject({ final: 0.5 });

  // What an older version left has no manifest.
  await rm(join(folder, "manifest.json"));
  await writeFile(join(folder, "rounds.csv"), "round\r\n");
  await open(other);
  expect(await readdir(join(folder, "earlier-2"))).toEqual(["rounds.csv"]);

  const exported = JSON.stringify({ format: "tributary-run-export", plan: smallPlan });
  await writeFile(join(folder, "manifest.json"), exported);
  for (const policy of ["set-aside", "refuse"] as const) {
    const opening = openRunFolder(folder, policy).open(other, () => undefined);
    await expect(opening).rejects.toThrow(OtherConfiguration);
    await expect(opening).rejects.toThrow('has the format "tributary-run-export"');
  }
  expect(await readFile(join(folder, "manifest.json"), "utf8")).toBe(exported);
});
