import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatIdx } from "@tributary/datasets";
import { createRng } from "@tributary/model";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { main } from "./simulate.ts";

let folder = "";

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
  // What the command says is judged below, and would only be noise here.
  vi.spyOn(console, "log").mockImplementation(() => undefined);
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

test("[M11] the command reads a folder and a configuration, and leaves rounds.csv, summary.json and the set", async () => {
  const config = {
    ...{ dataset: folder, backend: "wasm", seed: 1, clients: 2, perRound: 2, width: 2, rounds: 5, batch: 10 },
    ...{ snapshots: 5, imagesPerClass: 1, innerSteps: 2, iterations: 2, refineSteps: 1, alpha: 1 },
  };
  expect(await simulateWith(config, "out")).toEqual({ status: 0, said: "" });
  const read = (name: string) => readFile(join(folder, "out", name), "utf8");
  const lines = (await read("rounds.csv")).trim().split("\r\n");
  expect(lines[0]).toBe(
    "round,participants,accuracyAggregate,accuracyRefined,accuracy,loss,bytesUp,bytesDown",
  );
  expect(lines.map((line) => line.split(",")[0])).toEqual(["round", "1", "2", "3", "4", "5"]);
  expect(lines[4]?.split(",")[3]).toBe("");
  expect(lines[5]?.split(",")[3]).not.toBe("");
  const summary = JSON.parse(await read("summary.json"));
  expect(Object.keys(summary)).toEqual(["final", "last20Mean", "last20Std", "max", "seconds"]);
  expect(summary.seconds).toBeGreaterThan(0);
  expect(JSON.parse(await read("synthesis.json"))).toMatchObject({
    round: 4,
    backend: "wasm",
    imagesPerClass: 1,
  });
});

test.each([
  [{ dataset: "/nowhere" }, "/nowhere/train-images-idx3-ubyte.gz"],
  [{ clients: 0 }, "/clients must be at least 1, got 0"],
  [{ client: 4 }, "/client is not known here"],
  [{ train: 41 }, "/sample/train must be at most 40, the training images of simulated, got 41"],
])("[M12] what is asked for in vain ends with status 2 and says why: %j", async (change, reason) => {
  const { status, said } = await simulateWith({ dataset: folder, backend: "wasm", ...change }, "refused");
  expect(status).toBe(2);
  expect(said).toContain(reason);
});

test("[M12] results that cannot be written where they are asked for end with status 2", async () => {
  await writeFile(join(folder, "taken"), "a file");
  const config = { dataset: folder, ...{ backend: "wasm", clients: 2, perRound: 2, width: 2 } };
  const { status, said } = await simulateWith(config, "taken");
  expect(status).toBe(2);
  expect(said).toMatch(/^EEXIST.*taken'$/);
});

test("[M12] arguments that are missing or unknown end with status 2 and the usage", async () => {
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
