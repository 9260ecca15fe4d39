import { sha256 } from "@tributary/platform";
import { until } from "@tributary/platform/testing";
import type { RunEvent } from "@tributary/rounds";
import { expect, test } from "vitest";
import type { Storage } from "../../src/storage.ts";
import { createRun, openRound, snapshot, started, storedUpdates, update } from "./fixtures.ts";
import type { Opened } from "./storage-under-test.ts";

export function journalContract(opened: Opened): void {
  test("[S6] the journal gives the events back in the order of their sequence", async () => {
    const { storage } = opened();
    const run = await createRun(storage);
    const events: readonly RunEvent[] = [
      started,
      { type: "cohort-ready", round: 1, cohort: ["ada"], atMs: 2 },
      { type: "deadline-passed", round: 1, atMs: 3 },
    ];
    for (const [index, event] of events.entries()) {
      expect(await storage.journal.commit(run, index + 1, event, [])).toEqual({ outcome: "committed" });
    }
    expect([...(await storage.journal.read(run))]).toEqual(events);
    await expect(storage.journal.commit(run, 5, started, [])).rejects.toThrow(/no entry before 5/);
    expect(await storage.journal.read(run)).toHaveLength(3);
  });

  test("[S7] of two coordinators that write the same place in the journal, exactly one does, with all its writes", async () => {
    const { storage, other } = opened();
    const outcomes = { committed: 0, superseded: 0 };
    for (let round = 0; round < 10; round++) {
      const run = await createRun(storage);
      const write = (by: typeof storage, value: number) =>
        by.journal.commit(run, 1, { type: "started", atMs: value }, [
          { type: "store-snapshot", round: value, kind: "aggregate", snapshot: snapshot(value) },
        ]);
      const both = await Promise.all([write(storage, 1), write(other, 2)]);
      for (const { outcome } of both) outcomes[outcome]++;
      const journal = await storage.journal.read(run);
      const winner = both[0].outcome === "committed" ? 1 : 2;
      expect([...journal]).toEqual([{ type: "started", atMs: winner }]);
      expect((await storage.snapshots.list(run)).map((stored) => stored.round)).toEqual([0, winner]);
    }
    expect(outcomes).toEqual({ committed: 10, superseded: 10 });
  });

  test("[S8] a commit of which one write fails leaves nothing: no entry, no update, no counter", async () => {
    const { storage } = opened();
    const run = await createRun(storage);
    await storage.journal.commit(run, 1, started, [openRound(1)]);
    const record = { type: "record-update", update: update(1, "ada"), atMs: 1500 } as const;
    const stranger = { type: "record-update", update: update(1, "eve"), atMs: 1500 } as const;
    await expect(storage.journal.commit(run, 2, started, [record, stranger])).rejects.toThrow(
      /expects no update of eve/,
    );
    expect(await storage.journal.read(run)).toHaveLength(1);
    expect(await storedUpdates(storage, run, 1)).toHaveLength(0);
    expect((await storage.volunteers.list(run)).map((known) => known.roundsReported)).toEqual([0, 0, 0]);
    expect(await storage.journal.commit(run, 2, started, [record])).toEqual({ outcome: "committed" });
  });

  test("[S9] a commit whose connection is killed leaves all of its writes or none", async () => {
    const { storage, killConnections, holdSnapshots } = opened();
    const heavy = { hash: sha256("heavy"), parameters: new Uint8Array(2_000_000) };
    const killedCommit = async (run: string, whenToKill: () => Promise<void>) => {
      const writes = [
        openRound(1),
        { type: "store-snapshot", round: 1, kind: "aggregate", snapshot: heavy },
      ] as const;
      const commit = storage.journal.commit(run, 1, started, writes).then(
        () => true,
        () => false,
      );
      await whenToKill();
      await killConnections("tributary");
      const said = await commit;
      await untilReachable(storage);
      const entries = (await storage.journal.read(run)).length;
      const rounds = (await storage.rounds.rows(run)).length;
      const models = (await storage.snapshots.list(run)).length - 1;
      expect([rounds, models]).toEqual([entries, entries]);
      if (said) expect(entries).toBe(1);
      return entries;
    };

    const blocked = await createRun(storage);
    const hold = await holdSnapshots();
    // The journal entry and the round are written by then, and the snapshot is not.
    const entries = await killedCommit(blocked, hold.untilWaiting).finally(hold.release);
    expect(entries).toBe(0);
    for (let ms = 0; ms < 40; ms += 4) {
      await killedCommit(await createRun(storage), () => new Promise((resolve) => setTimeout(resolve, ms)));
    }
  });
}

/** A killed connection fails the query that comes before its end is noticed. */
async function untilReachable(storage: Storage): Promise<void> {
  await until("connections that answer", () =>
    Promise.all(Array.from({ length: 20 }, () => storage.tokens.count())),
  );
}
