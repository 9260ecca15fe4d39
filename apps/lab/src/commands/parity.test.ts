import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { openBackend } from "@tributary/backends";
import { places } from "@tributary/platform";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { main } from "./parity.ts";

const fixture = join(places.parityFiles, "meta-gradient-16x16x1.json");
let folder = "";
let lines: Record<string, unknown>[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "parity-"));
  lines = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    lines.push(JSON.parse(String(text)));
    return true;
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

test("[N15] parity prints one line for each file and backend, and passes known numbers", async () => {
  const file = join(folder, "good.json");
  await writeFile(file, await readFile(fixture));
  expect(await main([file, "--backend", "wasm"])).toBe(0);
  expect(lines).toMatchObject([{ file, backend: "wasm" }]);
  const names = ["logits", "losses", "gradient", "end", "distance", "dx", "dy", "dlr"];
  expect(Object.keys(lines[0]?.errors as object)).toEqual(names);
});

test("[N15] a wrong, a malformed and a missing file each fail, and stop no other", async () => {
  const good = JSON.parse(await readFile(fixture, "utf8"));
  const files = ["wrong.json", "malformed.json", "missing.json", "good.json"].map((name) =>
    join(folder, name),
  );
  const [wrong = "", malformed = "", missing = "", right = ""] = files;
  await writeFile(
    wrong,
    JSON.stringify({ ...good, expect: { ...good.expect, dlr: good.expect.dlr * 1.01 } }),
  );
  await writeFile(malformed, JSON.stringify({ ...good, steps: -1 }));
  await writeFile(right, JSON.stringify(good));
  expect(await main([malformed, missing, right, "--backend=wasm"])).toBe(1);
  expect(lines).toHaveLength(3);
  expect(lines).toContainEqual({ file: malformed, error: "/steps must be at least 0, got -1" });
  expect(lines.find((line) => line.file === missing)?.error).toMatch(/ENOENT/);
  expect(lines.find((line) => line.file === right)).toHaveProperty("errors");
  expect(await main([wrong, "--backend=wasm"])).toBe(1);
});

test("[N15] the one backend that throws is named, wherever it throws, and stops no other", async () => {
  const file = join(folder, "good.json");
  await writeFile(file, await readFile(fixture));
  const stderr = vi.spyOn(console, "error").mockImplementation(() => {});
  tf.registerBackend("without-kernels", () => new tf.KernelBackend());
  const status = await main([file], async (backend) => {
    if (backend === "cpu") throw "no arithmetic today";
    if (backend === "tensorflow") throw new Error("not installed");
    if (backend === "wasm") {
      const { close } = await openBackend(backend);
      return { close: () => close().then(() => Promise.reject(new Error("a thread hangs"))) };
    }
    await tf.setBackend("without-kernels");
    return { close: async () => {} };
  });
  expect(status).toBe(1);
  expect(lines).toEqual([
    { backend: "cpu", error: "no arithmetic today" },
    { file, backend: "wasm", errors: expect.any(Object) },
    { backend: "wasm", error: "does not close: a thread hangs" },
    { file, backend: "webgpu", error: expect.stringContaining("not yet implemented") },
  ]);
  expect(stderr.mock.calls).toEqual([["tensorflow is left out: not installed"]]);
});
