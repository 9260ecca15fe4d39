import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { median } from "../timing/trials.ts";
import { benchCases, shareOf } from "./cases.ts";
import { rowsOf } from "./report.ts";
import { type Entrant, NotThere, runCases } from "./run-cases.ts";

const [task] = benchCases("training", "tiny");
if (task === undefined) throw new Error("expected a tiny case");

/** Answers as a contender does, and writes its name down each time that it measures. */
function scripted(name: string, ms: number, log: string): Entrant {
  const program = `
    const { appendFileSync } = require("node:fs");
    const say = (answer) => console.log(JSON.stringify(answer));
    require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
      if (line.startsWith("{")) { console.log("talk of a library"); say({ on: "paper", baselineBytes: 1 }); }
      else if (line === "end") { if (${ms} > 0) say({ peakBytes: 2 }); process.exit(); }
      else if (${ms} < 0) { console.error("out of memory"); process.exit(3); }
      else { appendFileSync(${JSON.stringify(log)}, ${JSON.stringify(name)}); say({ ms: ${ms} }); }
    });`;
  return { name, command: { program: process.execPath, args: ["-e", program] }, isNeeded: false };
}

test("[C11] contenders take turns, the first turn is not counted, one that breaks leaves the others at work, and without one that is needed nothing is measured", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  const log = join(folder, "log");
  const entrants = [
    scripted("a", 4, log),
    scripted("x", -1, log),
    scripted("b", 8, log),
    scripted("z", 0, log),
  ];
  const missing = { name: "m", command: { program: "/nowhere/m", args: [] }, isNeeded: false };
  const { measurements, notes } = await runCases([task], [...entrants, missing], 3, () => undefined);
  expect(await readFile(log, "utf8")).toBe("abzabzabzabz");
  expect(measurements).toMatchObject([
    { contender: "a", on: "paper", runsMs: [4, 4, 4], peakBytes: 2, baselineBytes: 1, times: 1 },
    { contender: "b", runsMs: [8, 8, 8] },
  ]);
  expect(notes).toEqual([
    "m: spawn /nowhere/m ENOENT",
    "x: ended with status 3 out of memory (8x8x1, width 4, batch 10)",
    "z: ended with status 0 (8x8x1, width 4, batch 10)",
  ]);
  await rm(log);
  const needed = runCases([task], [...entrants, { ...missing, isNeeded: true }], 3, () => undefined);
  await expect(needed).rejects.toThrow(new NotThere("m: spawn /nowhere/m ENOENT"));
  await expect(readFile(log)).rejects.toThrow("ENOENT");
  await rm(folder, { recursive: true });
});

test("[C11] a ratio is that of the medians within one case, and none where PyTorch did not run it", () => {
  const measured = { on: "", times: 1, peakBytes: 0, baselineBytes: 0 };
  const wide = { ...task, width: 9 };
  const rows = rowsOf([
    { ...measured, task, contender: "pytorch", runsMs: [9, 1, 2] },
    { ...measured, task, contender: "wasm", runsMs: [3, 5] },
    { ...measured, task: wide, contender: "wasm", runsMs: [3] },
  ]);
  expect(rows.map(({ medianMs, ratio }) => [medianMs, ratio])).toEqual([
    [2, 1],
    [4, 2],
    [3, null],
  ]);
  expect(median([])).toBeNaN();
});

test("[C12] plain JavaScript does a share of the work that multiplies to the whole, or none of it", () => {
  let shared = 0;
  for (const kind of ["training", "synthesis"] as const) {
    for (const whole of benchCases(kind, "all")) {
      expect(shareOf(whole, "wasm")).toEqual({ task: whole, times: 1 });
      const share = shareOf(whole, "cpu");
      if (share === null) expect(whole.width).toBeGreaterThan(16);
      else if (kind === "synthesis") {
        expect(share.task.images * share.task.steps * share.times).toBe(whole.images * whole.steps);
        shared++;
      }
    }
  }
  expect(shared).toBe(2);
});
