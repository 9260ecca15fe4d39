import { expect, test } from "vitest";
import { commitAll, createRun, initial, openRound, plan, snapshot } from "./fixtures.ts";
import type { Opened } from "./storage-under-test.ts";

export function runContract(opened: Opened): void {
  test("[S2] a run is created with its plan, its initial snapshot and an empty journal, or not at all", async () => {
    const { storage } = opened();
    const run = await createRun(storage);
    expect(await storage.runs.find(run)).toEqual({
      id: run,
      name: "a run",
      plan,
      createdAt: expect.any(Date),
    });
    expect((await storage.runs.list()).map((stored) => stored.id)).toContain(run);
    expect(await storage.snapshots.byHash(run, initial.hash)).toEqual({
      run,
      round: 0,
      kind: "initial",
      ...initial,
    });
    expect(await storage.journal.read(run)).toHaveLength(0);

    await expect(
      storage.runs.create({ id: run, name: "again", plan, initial: snapshot(7) }),
    ).rejects.toThrow();
    expect(await storage.snapshots.list(run)).toHaveLength(1);
    expect((await storage.runs.find(run))?.name).toBe("a run");
    expect(await storage.runs.find("no-such-run")).toBeNull();
  });

  test("[S3] stored bytes come back as they were, in memory of their own and aligned for float32", async () => {
    const { storage } = opened();
    const run = await createRun(storage);
    const large = snapshot(...Array.from({ length: 70_001 }, (_, index) => index / 3));
    await commitAll(storage, run, { type: "store-snapshot", round: 1, kind: "aggregate", snapshot: large });
    const stored = await storage.snapshots.byHash(run, large.hash);
    expect(stored?.parameters.byteOffset).toBe(0);
    expect(stored?.parameters.buffer.byteLength).toBe(large.parameters.byteLength);
    expect(Buffer.compare(stored?.parameters ?? new Uint8Array(), large.parameters)).toBe(0);
    expect(await storage.snapshots.byHash(run, "0".repeat(64))).toBeNull();
  });

  test("[S4] the same bytes may be the model of several rounds; other bytes for the same place are refused", async () => {
    const { storage } = opened();
    const run = await createRun(storage);
    const same = { type: "store-snapshot", kind: "aggregate", snapshot: initial } as const;
    await commitAll(storage, run, { ...same, round: 1 }, { ...same, round: 2 }, { ...same, round: 2 });
    expect(await storage.snapshots.list(run)).toHaveLength(3);
    expect((await storage.snapshots.byHash(run, initial.hash))?.round).toBe(0);
    await expect(commitAll(storage, run, { ...same, round: 2, snapshot: snapshot(9) })).rejects.toThrow(
      /aggregate snapshot of round 2/,
    );
  });

  test("[S5] a trajectory is what the last rounds ended with: their refined, else their aggregates", async () => {
    const { storage } = opened();
    const run = await createRun(storage);
    const close = (round: number, outcome: "aggregated" | "abandoned") =>
      ({ type: "close-round", round, outcome, atMs: 2000, traffic: [] }) as const;
    const keep = (round: number, kind: "aggregate" | "refined") =>
      ({ type: "store-snapshot", round, kind, snapshot: snapshot(round, kind.length) }) as const;
    await commitAll(storage, run, openRound(1), keep(1, "aggregate"), close(1, "aggregated"));
    await commitAll(storage, run, openRound(2), close(2, "abandoned"));
    await commitAll(storage, run, openRound(3), keep(3, "aggregate"), close(3, "aggregated"));
    await commitAll(
      storage,
      run,
      openRound(4),
      keep(4, "aggregate"),
      close(4, "aggregated"),
      keep(4, "refined"),
    );
    const pathTo = async (round: number, count: number) =>
      (await storage.snapshots.trajectory(run, round, count)).map(({ round, kind }) => [round, kind]);
    const path = [
      [0, "initial"],
      [1, "aggregate"],
      [3, "aggregate"],
      [4, "refined"],
    ];
    expect(await pathTo(3, 9)).toEqual(path.slice(0, 3));
    expect(await pathTo(4, 3)).toEqual(path.slice(1));
    const [, , last] = await storage.snapshots.trajectory(run, 4, 3);
    expect(last?.parameters).toEqual(snapshot(4, "refined".length).parameters);
  });
}
