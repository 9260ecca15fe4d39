import { sha256 } from "@tributary/platform";
import { measured } from "@tributary/protocol/testing";
import { expect, test } from "vitest";
import type { Storage } from "../../src/storage.ts";
import { commitAll, createRun, initial, openRound, snapshot, storedUpdates, update } from "./fixtures.ts";
import type { Opened } from "./storage-under-test.ts";

export function roundContract(opened: Opened): void {
  test("[S10] a recorded update is streamed back whole, marks its volunteer as reported and counts up its rounds", async () => {
    const { storage } = opened();
    const run = await createRun(storage);
    const sent = [update(1, "ada", { examples: 30 }), update(1, "cyd", { dtype: "float16", loss: 3.5 })];
    await commitAll(storage, run, openRound(1));
    for (const one of sent) await commitAll(storage, run, { type: "record-update", update: one, atMs: 1500 });
    expect(await storedUpdates(storage, run, 1)).toEqual(sent);
    expect((await storage.volunteers.list(run)).map((one) => one.roundsReported)).toEqual([1, 0, 1]);
    await expect(
      commitAll(storage, run, { type: "record-update", update: update(1, "ada"), atMs: 1600 }),
    ).rejects.toThrow(/expects no update of ada/);
  });

  test("[S41] what a strategy remembers after a round is stored with its commit or not at all, and found by round and hash", async () => {
    const { storage, other } = opened();
    const run = await createRun(storage);
    const vector = (name: string, value: number) => {
      const { hash, parameters } = snapshot(value, -value);
      return { name, hash, vector: parameters };
    };
    const state = (round: number, ...vectors: ReturnType<typeof vector>[]) =>
      ({ type: "store-strategy-state", round, vectors }) as const;
    expect(await storage.strategyStates.before(run, 1)).toEqual([]);
    await commitAll(
      storage,
      run,
      state(1, vector("second", 2), vector("first", 1)),
      state(3, vector("first", 3)),
    );
    const first = [vector("first", 1), vector("second", 2)];
    expect((await other.strategyStates.before(run, 2)).map((each) => ({ ...each }))).toEqual(first);
    expect((await other.strategyStates.before(run, 3)).map((each) => ({ ...each }))).toEqual(first);
    const [newest] = await storage.strategyStates.listBefore(run, 9);
    expect(newest).toEqual({ round: 3, name: "first", hash: vector("first", 3).hash });
    expect({ ...(await storage.strategyStates.byHash(run, vector("second", 2).hash)) }).toEqual(first[1]);
    expect(await storage.strategyStates.byHash("another", vector("second", 2).hash)).toBeNull();
    await expect(
      commitAll(storage, run, state(4, vector("a", 1)), state(3, vector("first", 4))),
    ).rejects.toThrow();
    expect((await storage.strategyStates.listBefore(run, 9))[0]?.round).toBe(4);
  });

  test("[S11] a volunteer that left and comes back may still report; one that reported is not dropped", async () => {
    const { storage } = opened();
    const run = await createRun(storage);
    const drop = (volunteer: string) =>
      ({ type: "drop-volunteer", round: 1, volunteer, atMs: 1200 }) as const;
    await commitAll(storage, run, openRound(1), drop("ada"), drop("ben"));
    await commitAll(
      storage,
      run,
      { type: "record-update", update: update(1, "ada"), atMs: 1500 },
      drop("ada"),
    );
    const outcomes = (await storage.rounds.participations(run)).map((row) => [row.volunteer, row.outcome]);
    expect(outcomes).toEqual([
      ["ada", "reported"],
      ["ben", "dropped"],
      ["cyd", "asked"],
    ]);
  });

  test("[S12] a round's row joins its cohort, losses weighted by examples, traffic, models and their accuracies", async () => {
    const { storage } = opened();
    const run = await createRun(storage);
    const [aggregate, refined] = [snapshot(1), snapshot(2)];
    await commitAll(
      storage,
      run,
      openRound(1, 10_000),
      { type: "record-update", update: update(1, "ada", { examples: 30, loss: 1 }), atMs: 11_000 },
      { type: "record-update", update: update(1, "ben", { examples: 10, loss: 3 }), atMs: 11_500 },
      { type: "store-snapshot", round: 1, kind: "aggregate", snapshot: aggregate },
      {
        type: "close-round",
        round: 1,
        outcome: "aggregated",
        atMs: 12_345,
        traffic: [
          { volunteer: "ada", bytesUp: 100, bytesDown: 7 },
          { volunteer: "cyd", bytesUp: 1, bytesDown: 5_000_000_000 },
        ],
      },
      { type: "enqueue-job", job: { kind: "evaluate", round: 1, snapshot: aggregate.hash } },
      { type: "enqueue-job", job: { kind: "refine", round: 1, snapshot: aggregate.hash } },
      { type: "enqueue-job", job: { kind: "evaluate", round: 1, snapshot: refined.hash } },
      openRound(2, 20_000),
    );
    await storage.rounds.refuse(run, 1, "cyd", "not-finite", "value 3 is NaN");
    await storage.rounds.refuse(run, 1, "ada", "duplicate", "reported already");
    await finishJobs(storage, run, refined);

    const [first, second] = await storage.rounds.rows(run);
    expect(first).toEqual({
      round: 1,
      outcome: "aggregated",
      asked: 3,
      participants: 2,
      refused: 1,
      examples: 40,
      loss: 1.5,
      accuracyAggregate: 0.25,
      lossAggregate: 2,
      accuracyRefined: 0.75,
      lossRefined: 1,
      bytesUp: 101,
      bytesDown: 5_000_000_007,
      ms: 2345,
      startSnapshot: initial.hash,
      aggregateSnapshot: aggregate.hash,
      refinedSnapshot: refined.hash,
      startedAt: "1970-01-01T00:00:10.000Z",
      closedAt: "1970-01-01T00:00:12.345Z",
      figuresAggregate: figures(0.25, 2),
      figuresRefined: figures(0.75, 1),
      startRound: 0,
      federated: null,
    });
    expect(second).toMatchObject({
      round: 2,
      outcome: "open",
      participants: 0,
      loss: null,
      startRound: 1,
      ms: null,
      closedAt: null,
    });
    const traffic = (await storage.volunteers.list(run)).map((one) => [one.bytesUp, one.bytesDown]);
    expect(traffic).toEqual([
      [100, 7],
      [0, 0],
      [1, 5_000_000_000],
    ]);
  });

  test("[S46] what volunteers measured is stored with their updates, and together when the round closes", async () => {
    const { storage } = opened();
    const run = await createRun(storage);
    const [ada, ben] = [measured(0.5, 1, { examples: 30, auc: 0.75 }), measured(0.9, 3, { examples: 10 })];
    await commitAll(
      storage,
      run,
      openRound(1),
      { type: "record-update", update: update(1, "ada", { evaluation: ada }), atMs: 1500 },
      { type: "record-update", update: update(1, "ben", { evaluation: ben }), atMs: 1500 },
      { type: "record-update", update: update(1, "cyd"), atMs: 1500 },
    );
    expect((await storage.rounds.rows(run))[0]?.federated).toBeNull();
    const stored = (await storage.rounds.participations(run)).map(({ evaluation }) => evaluation);
    expect(stored).toEqual([ada, ben, null]);
    expect((await storedUpdates(storage, run, 1)).map(({ evaluation }) => evaluation)).toEqual(stored);
    const closed = { type: "close-round", round: 1, outcome: "aggregated", atMs: 2000, traffic: [] } as const;
    await commitAll(storage, run, closed, openRound(2));
    const [first, second] = await storage.rounds.rows(run);
    expect(first?.federated).toMatchObject({
      volunteers: 2,
      headline: "accuracy",
      mean: { kind: "classification", examples: 40, accuracy: 0.6, loss: 1.5, auc: 0.75 },
      worstTenth: 0.5,
    });
    expect([first?.startRound, second?.startRound, second?.federated]).toEqual([0, 1, null]);
  });

  test("[S46] a regression has no accuracy, neither of an update nor of an evaluation", async () => {
    const { storage } = opened();
    const run = await createRun(storage);
    const measurement = { kind: "regression", examples: 10, loss: 0.5, rmse: 1, r2: null } as const;
    const reported = update(1, "ada", { accuracy: null, evaluation: measurement });
    await commitAll(
      storage,
      run,
      openRound(1),
      { type: "record-update", update: reported, atMs: 1500 },
      { type: "store-snapshot", round: 1, kind: "aggregate", snapshot: snapshot(1) },
      { type: "enqueue-job", job: { kind: "evaluate", round: 1, snapshot: snapshot(1).hash } },
    );
    const job = await storage.jobs.claim("w", 60_000);
    await storage.jobs.complete(job?.id ?? "0", "w", { kind: "evaluate", measurement });
    const [row] = await storage.rounds.rows(run);
    expect(row).toMatchObject({
      accuracyAggregate: null,
      lossAggregate: 0.5,
      figuresAggregate: measurement,
    });
    expect((await storage.rounds.participations(run))[0]).toMatchObject({
      accuracy: null,
      evaluation: measurement,
    });
  });

  test("[S13] an abandoned round keeps its number and closes once", async () => {
    const { storage } = opened();
    const run = await createRun(storage);
    const abandon = { type: "close-round", round: 1, outcome: "abandoned", atMs: 2000, traffic: [] } as const;
    await commitAll(storage, run, openRound(1), abandon, openRound(2, 3000));
    expect((await storage.rounds.rows(run)).map((row) => [row.round, row.outcome])).toEqual([
      [1, "abandoned"],
      [2, "open"],
    ]);
    await expect(commitAll(storage, run, abandon)).rejects.toThrow(/no open round 1/);
    await expect(commitAll(storage, run, openRound(1))).rejects.toThrow();
  });

  test("[S40] completed rounds are those that were aggregated", async () => {
    const { storage } = opened();
    const run = await createRun(storage);
    expect(await storage.rounds.completed(run)).toBe(0);
    const close = (round: number, outcome: "aggregated" | "abandoned") =>
      ({ type: "close-round", round, outcome, atMs: 9000, traffic: [] }) as const;
    await commitAll(storage, run, openRound(1), close(1, "aggregated"), openRound(2), close(2, "abandoned"));
    await commitAll(storage, run, openRound(3));
    expect(await storage.rounds.completed(run)).toBe(1);
  });

  test("[S14] every refused update keeps its newest reason, of strangers and of rounds that never were too", async () => {
    const { storage } = opened();
    const run = await createRun(storage);
    await commitAll(storage, run, openRound(1));
    await storage.rounds.refuse(run, 1, "ben", "late", "round 1 closed 3 s ago");
    await storage.rounds.refuse(run, 1, "ben", "late", "round 1 closed 9 s ago");
    await storage.rounds.refuse(run, Number.MAX_SAFE_INTEGER, "eve", "wrong-round", "round 9007199254740991");
    const rows = await storage.rounds.participations(run);
    expect(rows.map(({ round, volunteer, outcome, reason }) => [round, volunteer, outcome, reason])).toEqual([
      [1, "ada", "asked", null],
      [1, "ben", "refused", "late: round 1 closed 9 s ago"],
      [1, "cyd", "asked", null],
      [Number.MAX_SAFE_INTEGER, "eve", "refused", "wrong-round: round 9007199254740991"],
    ]);
  });

  test("[S39] whatever a volunteer says of its device, its loss or its fault, rows can be written and read", async () => {
    const { storage } = opened();
    const run = await createRun(storage);
    const odd = 'a "\0" \ud800 {null} \u{1F600}';
    await storage.volunteers.seen(run, "ada", odd, "wasm");
    await commitAll(
      storage,
      run,
      openRound(1),
      { type: "record-update", update: update(1, "ada", { loss: Number.MAX_VALUE }), atMs: 1500 },
      { type: "record-update", update: update(1, "ben", { loss: Number.NaN }), atMs: 1500 },
    );
    await storage.rounds.refuse(run, 1, "cyd", "not-finite", odd);
    expect((await storage.rounds.rows(run))[0]?.loss).toBe(1e30);
    const kept = 'a "\uFFFD" \uFFFD {null} \u{1F600}';
    expect((await storage.volunteers.list(run))[0]?.device).toBe(kept);
    expect((await storage.rounds.participations(run)).at(-1)?.reason).toBe(`not-finite: ${kept}`);
  });

  test("[S15] a volunteer is found by the hash of its token, in its own run only", async () => {
    const { storage } = opened();
    const [run, another] = [await createRun(storage), await createRun(storage)];
    await storage.volunteers.create(run, "dee", sha256("secret"), "a phone", "webgpu");
    expect(await storage.volunteers.findByToken(run, sha256("secret"))).toBe("dee");
    expect(await storage.volunteers.findByToken(another, sha256("secret"))).toBeNull();
    await storage.volunteers.seen(run, "dee", "a tablet", "wasm");
    expect((await storage.volunteers.list(run)).at(-1)).toMatchObject({
      device: "a tablet",
      backend: "wasm",
    });
  });
}

/** What a row shows of a measurement: all but the recall of each class. */
function figures(accuracy: number, loss: number) {
  const { recall: _, ...shown } = measured(accuracy, loss);
  return shown;
}

/** Works off the jobs of [S12] in whatever order they are claimed; gives back those of other runs. */
async function finishJobs(storage: Storage, run: string, refined: { hash: string; parameters: Uint8Array }) {
  while ((await storage.jobs.pending(run)) > 0) {
    const job = await storage.jobs.claim("w", 60_000);
    if (job === null || job.run !== run) throw new Error(`expected a job of ${run}, got ${job?.run}`);
    if (job.kind === "refine")
      await storage.jobs.complete(job.id, "w", { kind: "refine", snapshot: refined });
    else if (job.kind === "evaluate") {
      const isRefined = job.snapshot === refined.hash;
      const [accuracy, loss] = isRefined ? ([0.75, 1] as const) : ([0.25, 2] as const);
      await storage.jobs.complete(job.id, "w", { kind: "evaluate", measurement: measured(accuracy, loss) });
    }
  }
}
