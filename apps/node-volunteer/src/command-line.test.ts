import { expect, test } from "vitest";
import { readCommandLine } from "./command-line.ts";

test("[V38] arguments have defaults, and a wrong one is refused with its value", () => {
  expect(readCommandLine([])).toEqual({
    outcome: "start",
    options: {
      url: "http://127.0.0.1:8080",
      run: null,
      count: 1,
      firstShard: null,
      backend: "wasm",
      rounds: null,
    },
  });
  expect(readCommandLine(["--url", "https://example.org/", "--count", "3", "--shard", "0"])).toMatchObject({
    options: { url: "https://example.org", count: 3, firstShard: 0 },
  });
  for (const [flag, value] of [
    ["--count", "0"],
    ["--count", "3.5"],
    ["--url", "example.org"],
    ["--backend", "webgpu"],
    ["--shard", "last"],
    ["--rounds", "none"],
  ] as const) {
    const problem = expect.stringContaining(`"${value}"`);
    expect(readCommandLine([flag, value])).toEqual({ outcome: "refused", problem });
  }
  expect(readCommandLine(["--cuont", "3"])).toMatchObject({
    outcome: "refused",
    problem: expect.stringContaining("--cuont"),
  });
});
