import type { ColumnFigures, Task } from "@tributary/protocol";
import { expect, test } from "vitest";
import { initial, plan } from "./fixtures.ts";
import type { Opened } from "./storage-under-test.ts";

const size = { type: "number", name: "size", unit: "", transform: "none", missing: "refuse" } as const;

function rowsTask(scale: { mean: number; std: number } | null): Task {
  return {
    kind: "table-classification",
    ...{ id: "rows", version: 1, texts: plan.task.texts, missingTexts: [] },
    columns: [{ ...size, range: [0, 100], scale }],
    target: {
      column: "class",
      classes: [
        { name: "no", values: [] },
        { name: "yes", values: [] },
      ],
    },
    network: { kind: "mlp", hidden: [2] },
    evaluation: { holdOut: 0, headline: "accuracy" },
  };
}

const sums = (sum: number): ColumnFigures => [{ count: 4, sum, sumSquares: 3 }];

export function statisticsContract(opened: Opened): void {
  test("[S47] figures are kept one set a volunteer, and what completes them is stored with the last of them", async () => {
    const { storage, other } = opened();
    const run = "waits-for-figures";
    await storage.runs.create({ id: run, name: "Waits", plan: { ...plan, task: rowsTask(null) }, initial });
    const seen: (readonly ColumnFigures[])[] = [];
    const add = (of: typeof storage, contributor: string, figures: ColumnFigures) =>
      of.statistics.add(run, { contributor, figures }, (_, all) => {
        seen.push(all);
        return all.length < 3 ? null : rowsTask({ mean: 5, std: 2 });
      });
    expect(await add(storage, "a".repeat(16), sums(1))).toBe(1);
    expect(await add(storage, "a".repeat(16), sums(2))).toBe(1);
    expect((await storage.runs.find(run))?.plan.task).toEqual(rowsTask(null));
    const both = await Promise.all([
      add(storage, "b".repeat(16), sums(-1)),
      add(other, "c".repeat(16), sums(0.5)),
    ]);
    expect(both.sort()).toEqual([2, 3]);
    expect(seen.at(-1)).toEqual([sums(2), sums(-1), sums(0.5)]);
    expect((await other.runs.find(run))?.plan).toEqual({ ...plan, task: rowsTask({ mean: 5, std: 2 }) });

    expect(await add(storage, "d".repeat(16), sums(4))).toBe(3);
    expect(seen).toHaveLength(4);
    expect(await storage.statistics.count(run)).toBe(3);
    await expect(
      storage.statistics.add("nowhere", { contributor: "a".repeat(16), figures: sums(1) }, () => null),
    ).rejects.toThrow(/no run nowhere/);
  });
}
