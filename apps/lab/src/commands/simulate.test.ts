import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatIdx } from "@tributary/datasets";
import { pictureBytes } from "@tributary/datasets/testing";
import { createRng } from "@tributary/model";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { main } from "./simulate.ts";

let folder = "";
const printed = vi.spyOn(console, "log");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "simulate-"));
  const rng = createRng(1);
  for (const [part, count] of [
    ["train", 40],
    ["t10k", 20],
  ] as const) {
    const pixels = Uint8Array.from({ length: count * 64 }, () => rng.integer(256));
    await writeFile(join(folder, `${part}-images-idx3-ubyte`), formatIdx([count, 8, 8], pixels));
    const labels = Uint8Array.from({ length: count }, (_, at) => at % 2);
    await writeFile(join(folder, `${part}-labels-idx1-ubyte`), formatIdx([count], labels));
  }
  printed.mockImplementation(() => undefined);
});

afterAll(() => rm(folder, { recursive: true }));

async function simulateWith(config: object, out: string): Promise<{ status: number; said: string }> {
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const path = join(folder, `${out}.json`);
  await writeFile(path, JSON.stringify(config));
  const status = await main(["--config", path, "--out", join(folder, out)]);
  const text = said.mock.calls.flat().map(String).join("\n");
  said.mockRestore();
  return { status, said: text };
}

const small = {
  base: "paper",
  plan: {
    ...{ seed: 1, task: { network: { width: 2 } }, rounds: 5, cohort: { size: 2 }, local: { batchSize: 10 } },
    dynafed: { snapshots: 5, imagesPerClass: 1, innerSteps: 2, iterations: 2, refineSteps: 1 },
    sample: { shards: 2, alpha: 1 },
  },
  backend: "wasm",
};
const configured = (change: object = {}) => ({ ...small, data: { folder }, ...change });

test("[M19] classes of unequal size and without examples are named, and the run goes through", async () => {
  const data = join(folder, "unequal");
  await mkdir(data);
  for (const [part, times] of [
    ["train", 4],
    ["test", 2],
  ] as const) {
    // Labels 1 and 3, ten to one: none of 0 and 2.
    const labels = Uint8Array.from({ length: 11 * times }, (_, at) => (at % 11 === 0 ? 3 : 1));
    await writeFile(
      join(data, `${part}-images.idx3-ubyte`),
      formatIdx([labels.length, 8, 8], new Uint8Array(64 * labels.length)),
    );
    await writeFile(join(data, `${part}-labels.idx1-ubyte`), formatIdx([labels.length], labels));
  }
  printed.mockClear();
  const plan = { ...small.plan, sample: { shards: 2, alpha: 1, train: 22, test: 11 } };
  expect(await simulateWith({ ...small, plan, data: { folder: data } }, "unequal-out")).toEqual({
    status: 0,
    said: "",
  });
  const said = printed.mock.calls.flat().join("\n");
  expect(said).toContain('note: no training examples of "class 0", "class 2": 2 of 4 classes');
});

test("[M19] pictures of several sizes become what the plan's task says, by the task's classes", async () => {
  const data = join(folder, "photos");
  for (const name of ["light", "dark"]) {
    await mkdir(join(data, name), { recursive: true });
    for (const [at, file] of ["exif-6.jpg", "grey8.png", "24-bit.bmp", "lossy.webp"].entries()) {
      await writeFile(join(data, name, `${at}`), pictureBytes(`made/${file}`));
    }
  }
  const several = await simulateWith({ ...small, data: { folder: data } }, "photos-out");
  expect(several.status).toBe(2);
  expect(several.said).toMatch(/make all images one size, or say it in a task/);
  const task = { network: { width: 2 }, image: [8, 8, 3], classes: ["light", "dark"] };
  const plan = { ...small.plan, rounds: 1, dynafed: null, task, local: { batchSize: 4 } };
  expect(await simulateWith({ ...small, plan, data: { folder: data } }, "photos-out")).toEqual({
    status: 0,
    said: "",
  });
  const manifest = JSON.parse(await readFile(join(folder, "photos-out", "manifest.json"), "utf8"));
  expect(manifest).toMatchObject({
    plan: { task: { image: [8, 8, 3], classes: ["light", "dark"] } },
    data: { train: 6, test: 2 },
  });
  const replay = join(folder, "photos-out", "manifest.json");
  expect(await main(["--config", replay, "--out", join(folder, "photos-again")])).toBe(0);
  const strange = { ...plan, task: { ...task, classes: ["light", "bright"] } };
  expect((await simulateWith({ ...small, plan: strange, data: { folder: data } }, "x")).said).toMatch(
    /got "dark": rename them/,
  );
});

test("[M11] the command reads a folder and a configuration, and leaves manifest, tables, summary and the set", async () => {
  expect(await simulateWith(configured(), "out")).toEqual({ status: 0, said: "" });
  const read = (name: string) => readFile(join(folder, "out", name), "utf8");
  const lines = (await read("rounds.csv")).trim().split("\r\n");
  expect(lines[0]).toBe(
    "round,participants,accuracyAggregate,accuracyRefined,accuracy,balancedAccuracy,auc,testLoss," +
      "federated,federatedSpread,federatedWorstTenth,federatedLoss,loss,bytesUp,bytesDown",
  );
  expect(lines.map((line) => line.split(",")[0])).toEqual(["round", "1", "2", "3", "4", "5"]);
  expect(lines[4]?.split(",")[3]).toBe("");
  expect(lines[5]?.split(",")[3]).not.toBe("");
  const summary = JSON.parse(await read("summary.json"));
  expect(Object.keys(summary)).toEqual([
    ...[
      "headline",
      "final",
      "last20Mean",
      "last20Std",
      "best",
      "seconds",
      "refusedUpdates",
      "abandonedRounds",
    ],
    ...["spent", "cpuSeconds", "peakMemoryBytes"],
  ]);
  expect(summary.seconds).toBeGreaterThan(0);
  expect(JSON.parse(await read("synthesis.json"))).toMatchObject({
    round: 4,
    backend: "wasm",
    imagesPerClass: 1,
  });
  expect(JSON.parse(await read("manifest.json"))).toMatchObject({
    ...{ format: "tributary-simulation", seed: 1, backend: "wasm", config: configured() },
    plan: { seed: 1, rounds: 5, task: { image: [8, 8, 1], network: { width: 2 } } },
    data: { folder, train: 40, test: 20 },
  });
});

test("[M14] the manifest that a simulation leaves is a configuration that gives the same files", async () => {
  await simulateWith(configured(), "first");
  const manifest = JSON.parse(await readFile(join(folder, "first/manifest.json"), "utf8"));
  expect(await simulateWith(manifest, "second")).toEqual({ status: 0, said: "" });
  for (const name of ["rounds.csv", "synthesis.json", "synthetic-set.bin"]) {
    expect(await readFile(join(folder, "second", name))).toEqual(await readFile(join(folder, "first", name)));
  }
});

test("[M15] a simulation says what it will do and for how long before it starts, and after each round how much is left", async () => {
  printed.mockClear();
  await simulateWith(configured(), "told");
  const lines = printed.mock.calls.flat().join("\n").split("\n");
  expect(lines.slice(0, 4)).toEqual([
    "5 rounds of fedavg, 2 of 2 clients a round, alpha 1, seed 1",
    "DynaFed after 4 rounds: 2 iterations for 1 examples per class, 2 inner steps",
    `ConvNet of width 2 and depth 3, 40 training and 20 test examples of ${folder}`,
    expect.stringMatching(/^on wasm \(.*\), about (\d+ to )?\d+ (s|min)$/),
  ]);
  const rounds = lines.filter((line) => line.startsWith("round "));
  expect(rounds).toHaveLength(5);
  for (const line of rounds) expect(line).toMatch(/^round \d\/5 {2}.* %.*; (.* left|nothing left)$/);
  expect(lines.at(-1)).toBe(`finished; the results are in ${join(folder, "told")}`);
});

test("[M17] a folder with another run gives this run's files alone, and the other's aside", async () => {
  await simulateWith(configured(), "shared");
  const plain = { ...small.plan, dynafed: null };
  printed.mockClear();
  expect((await simulateWith(configured({ plan: plain }), "shared")).status).toBe(0);
  expect((await readdir(join(folder, "shared"))).sort()).toEqual(
    ["checkpoint", "earlier-1", "manifest.json", "rounds.csv", "summary.json"].sort(),
  );
  expect(await readdir(join(folder, "shared/earlier-1"))).toContain("synthetic-set.bin");
  expect(printed.mock.calls.flat().join("\n")).toContain("held another run (plan.dynafed is ");
});

test.each([
  [{ data: { folder: "/nowhere" } }, "'/nowhere'"],
  [{ plan: { sample: { shards: 0 } } }, "/plan/sample/shards must be at least 1, got 0"],
  [{ clients: 4 }, "/clients is not known here"],
  [{ plan: { ...small.plan, sample: { shards: 2, train: 41 } } }, "/plan/sample/train must be at most 40"],
])("[M12] an impossible configuration exits with status 2 and a reason: %j", async (change, reason) => {
  const { status, said } = await simulateWith(configured(change), "refused");
  expect(status).toBe(2);
  expect(said).toContain(reason);
});

test("[M12] data of another hash than the configuration's exits with status 2 and both hashes", async () => {
  const { status, said } = await simulateWith(configured({ data: { folder, sha256: "00ff" } }), "refused");
  expect(status).toBe(2);
  expect(said).toMatch(/expected data of sha256 00ff in .*, got [0-9a-f]{64}/);
});

test("[M12] results that cannot be written where they are asked for exit with status 2", async () => {
  await writeFile(join(folder, "taken"), "a file");
  const { status, said } = await simulateWith(configured(), "taken");
  expect(status).toBe(2);
  expect(said).toMatch(/^EEXIST.*taken'$/);
});

test("[M12] arguments that are missing or unknown exit with status 2 and the usage", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect(await main([])).toBe(2);
  expect(await main(["--confg", "x"])).toBe(2);
  expect(await main(["--config", join(folder, "none.json"), "--out", folder])).toBe(2);
  const text = said.mock.calls.flat().map(String).join("\n");
  said.mockRestore();
  expect(text).toContain("usage: npm run simulate -- --config FILE --out DIR");
  expect(text).toContain("'--confg'");
  expect(text).toContain("none.json");
});
