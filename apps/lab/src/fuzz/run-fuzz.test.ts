import { describe, expect, it } from "vitest";
import { runFuzz } from "./run-fuzz.ts";

/** The programs of dist/ are started: this names them for the setup. */
const PATIENT = { seed: 7, hangMs: 120_000 } as const;

describe("runFuzz", () => {
  it("[I14] of 1,500 damaged pictures each is read or left out, in bounded memory", async () => {
    const report = await runFuzz({ reader: "pictures", files: 1_500, ...PATIENT });
    expect(report.failures).toEqual([]);
    const counted = Object.values(report.outcomes).reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(1_500);
    for (const outcome of ["picture", "damaged", "cut"])
      expect(report.outcomes[outcome]).toBeGreaterThan(150);
    expect(report.peakBytes).toBeLessThan(2 ** 30);
  });

  it("[I14] of 1,500 damaged IDX files each is read or refused", async () => {
    const report = await runFuzz({ reader: "idx", files: 1_500, ...PATIENT });
    expect(report.failures).toEqual([]);
    expect(report.outcomes.read).toBeGreaterThan(100);
    expect(report.outcomes.refused).toBeGreaterThan(1_000);
  });

  it("[I14] of 1,500 damaged tables each is read, asked about or refused", async () => {
    const report = await runFuzz({ reader: "tables", files: 1_500, ...PATIENT });
    expect(report.failures).toEqual([]);
    for (const outcome of ["read-in-part", "asked", "refused"]) {
      expect(report.outcomes[outcome]).toBeGreaterThan(40);
    }
    expect(report.peakBytes).toBeLessThan(2 ** 30);
  });

  it("[I14] a file that takes too long is a hang, and the next one is tried", async () => {
    const { failures } = await runFuzz({ reader: "idx", files: 3, seed: 7, hangMs: 0 });
    expect(failures.map(({ at, kind }) => [at, kind])).toEqual([0, 1, 2].map((at) => [at, "hang"]));
  });
});
