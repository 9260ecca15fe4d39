import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { torchEntrants } from "../bench/entrants.ts";
import { main } from "./bench.ts";

let printed = "";
let complained = "";

beforeEach(() => {
  [printed, complained] = ["", ""];
  vi.spyOn(console, "log").mockImplementation((text) => {
    printed += `${text}\n`;
  });
  vi.spyOn(console, "error").mockImplementation((text) => {
    complained += `${text}\n`;
  });
  vi.stubEnv("PYTHON", "/nowhere/python3");
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const tiny = ["--shapes", "tiny", "--repeat", "2", "--backends", "wasm"];

test("[C9] a benchmark prints every column for every case and backend, and says where PyTorch is missing", async () => {
  expect(await main(["synthesis", ...tiny])).toBe(0);
  const rows = printed.split("\n").filter((line) => line.startsWith("|"));
  const cells = rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  expect(cells[0]).toEqual([
    "case",
    "backend",
    "median ms",
    "spread ms",
    "x PyTorch",
    "runs",
    "peak MB",
    "of it at start",
  ]);
  expect(cells).toHaveLength(3);
  expect(cells[2]).toEqual([
    "8x8x1, width 4, 10 images, 2 inner steps",
    "wasm",
    expect.stringMatching(/^[\d.]+$/),
    expect.stringMatching(/^[\d.]+ to [\d.]+$/),
    "-",
    "2",
    expect.stringMatching(/^\d+$/),
    expect.stringMatching(/^\d+$/),
  ]);
  const line = "pytorch: left out, no python3 here has torch (/nowhere/python3: not there)";
  expect(printed).toContain(`- ${line}`);
  expect(complained).toContain(line);
});

test("[C9] with --json it prints the same rows and every single run", async () => {
  expect(await main(["training", ...tiny, "--json"])).toBe(0);
  const { rows, measurements } = JSON.parse(printed);
  expect(rows).toMatchObject([{ case: "8x8x1, width 4, batch 10", contender: "wasm", runs: 2, ratio: null }]);
  expect(measurements[0].runsMs).toHaveLength(2);
  expect(rows[0].peakBytes).toBeGreaterThanOrEqual(rows[0].baselineBytes);
});

test("[C9] a program that is not Python is named with its output", async () => {
  expect(await torchEntrants(["/bin/echo"])).toEqual({
    found: false,
    line: expect.stringMatching(/^pytorch: left out, .*\/bin\/echo: no list of devices: ".*--probe"/),
  });
});

test("[C10] invalid arguments exit with status 2 and the value", async () => {
  expect(await main(["sorting"])).toBe(2);
  expect(complained).toContain('expected training or synthesis, got "sorting"');
  expect(await main(["training", "--backends", "wasm,abacus"])).toBe(2);
  expect(complained).toContain('got "abacus"');
  expect(await main(["training", "--repeat", "0"])).toBe(2);
  expect(complained).toContain('expected --repeat from 1 to 1000, got "0"');
  expect(await main(["training", "--shapes", "huge"])).toBe(2);
  expect(complained).toContain('got "huge"');
  vi.stubEnv("TRIBUTARY_TENSORFLOW", "/nowhere/tensorflow");
  expect(await main(["training", ...tiny.slice(0, 4), "--backends", "wasm,tensorflow"])).toBe(2);
  expect(complained).toContain("not installed in /nowhere/tensorflow");
  expect(printed).toBe("");
});
