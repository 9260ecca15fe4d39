import { realRuntime } from "@tributary/platform";
import { until } from "@tributary/platform/testing";
import { encodeTensor, type Plan } from "@tributary/protocol";
import { testPlan } from "@tributary/rounds/testing";
import { connect } from "@tributary/storage";
import { openTestDatabase, type TestDatabase } from "@tributary/storage/testing";
import { defaultSettings } from "@tributary/strategy";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Acknowledged, volunteerLoyally } from "../../testing/loyal-volunteer.ts";
import { type ServerProcess, startServerProcess } from "../../testing/server-process.ts";
import { aggregateRound } from "./aggregate-round.ts";

const hidden = 16;
const parameters = 784 * hidden + hidden + hidden * 10 + 10;
const volunteers = 3;
/** A restart on a busy machine, and a synthesis before it, take a while. */
const PATIENCE = { timeoutMs: 120_000 };

let database: TestDatabase;
let server: ServerProcess;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterEach(() => server.stop());
afterAll(() => database.close());

function planOf(choice: {
  rounds: number;
  snapshots?: number;
  iterations?: number;
  refineSteps?: number;
}): Plan {
  const plan = testPlan({
    rounds: choice.rounds,
    cohort: { minimum: volunteers, size: volunteers, quorum: volunteers, deadlineMs: 600_000 },
    network: { kind: "mlp", input: [28, 28, 1], outputs: 10, loss: "cross-entropy", hidden: [hidden] },
    snapshots: choice.snapshots ?? null,
    ...(choice.iterations === undefined ? {} : { iterations: choice.iterations }),
  });
  if (plan.dynafed === null) return plan;
  return { ...plan, dynafed: { ...plan.dynafed, refineSteps: choice.refineSteps ?? 2 } };
}

/** A run that is started already: the server finds it so. */
async function createRun(run: string, plan: Plan): Promise<void> {
  const { manifest, bytes } = encodeTensor(new Float32Array(parameters).fill(0.01), "float32");
  await database.storage.runs.create({
    id: run,
    name: run,
    plan,
    initial: { hash: manifest.hash, parameters: bytes },
  });
  await database.storage.journal.commit(run, 1, { type: "started", atMs: Date.now() }, []);
}

function send(
  run: string,
  mayReport: (index: number, round: number) => Promise<void> = async () => undefined,
  values = parameters,
) {
  const acknowledged: Acknowledged[] = [];
  const over = Promise.all(
    Array.from({ length: volunteers }, (_, index) =>
      volunteerLoyally({
        index,
        run,
        values,
        url: () => server.url,
        mayReport: (round) => mayReport(index, round),
        acknowledged: (update) => acknowledged.push(update),
      }),
    ),
  );
  return { acknowledged, over };
}

/** Two of the three volunteers have reported, so that the round waits for the last one. */
async function untilTwoOf(acknowledged: readonly Acknowledged[], round: number): Promise<void> {
  const reported = () => acknowledged.filter((update) => update.round === round);
  await until(`two updates of round ${round}`, reported, { holds: ({ length }) => length >= 2, ...PATIENCE });
}

function startServer(): Promise<ServerProcess> {
  return startServerProcess(database.databaseUrl, process.env);
}

async function killAndRestart(): Promise<void> {
  await server.kill();
  server = await startServer();
}

/** While the table is locked for writing, no aggregate can be stored: the server dies as it is about to. */
async function killWhileAggregating(onLocked: () => void): Promise<void> {
  const sql = connect(database.databaseUrl, { max: 1, name: "restart test" });
  await sql.begin(async (transaction) => {
    await transaction`lock table snapshots in exclusive mode`;
    onLocked();
    const waitsForLock = async () => {
      const waiting = await transaction`
        select from pg_locks where not granted and relation = 'snapshots'::regclass`;
      return waiting.count > 0;
    };
    await until("the server to store an aggregate", waitsForLock, PATIENCE);
    await server.kill();
  });
  await sql.end();
}

/** Every acknowledged update is stored and counted, and every aggregate is that of the stored updates. */
async function expectNothingLost(
  run: string,
  plan: Plan,
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  const { storage } = database;
  const rows = await storage.rounds.rows(run);
  expect(rows.filter(({ outcome }) => outcome === "aggregated")).toHaveLength(plan.rounds);
  const counted = (await storage.rounds.participations(run))
    .filter(({ outcome, round }) => outcome === "reported" && rows[round - 1]?.outcome === "aggregated")
    .map(({ round, volunteer, updateHash }) => `${round} ${volunteer} ${updateHash}`);
  expect(acknowledged.length).toBeGreaterThanOrEqual(plan.rounds * volunteers - 1);
  expect(counted).toEqual(
    expect.arrayContaining(acknowledged.map(({ round, volunteer, hash }) => `${round} ${volunteer} ${hash}`)),
  );
  const deps = realRuntime(pino({ level: "silent" }));
  for (const { round, outcome, startSnapshot, participants, aggregateSnapshot } of rows) {
    if (outcome !== "aggregated") continue;
    const again = { round, snapshot: startSnapshot, updates: participants };
    expect((await aggregateRound(storage, { id: run, plan }, again, deps)).snapshot.hash).toBe(
      aggregateSnapshot,
    );
  }
}

async function aggregates(run: string): Promise<readonly (string | null)[]> {
  return (await database.storage.rounds.rows(run)).map(({ aggregateSnapshot }) => aggregateSnapshot);
}

// A killed compute process keeps its job until the lease of 10 s is over.
describe("kill -9 of the server", { timeout: 180_000 }, () => {
  it("[R14] in the middle of collecting loses no acknowledged update, and gives the bytes of an undisturbed run", async () => {
    const plan = planOf({ rounds: 3 });
    await createRun("calm", plan);
    await createRun("collecting", plan);
    server = await startServer();
    await send("calm").over;

    let killed = false;
    const sent = send("collecting", async (index, round) => {
      if (index === 2 && round === 2) await until("the kill", () => killed, PATIENCE);
    });
    await untilTwoOf(sent.acknowledged, 2);
    await killAndRestart();
    killed = true;
    await sent.over;
    await expectNothingLost("collecting", plan, sent.acknowledged);
    expect(await aggregates("collecting")).toEqual(await aggregates("calm"));
    const rows = await database.storage.rounds.rows("collecting");
    expect(rows.map(({ participants }) => participants)).toEqual([3, 3, 3]);
  });

  it("[R15] in the middle of aggregating aggregates the same updates after the restart, once", async () => {
    const plan = planOf({ rounds: 3 });
    await createRun("aggregating", plan);
    server = await startServer();
    let locked = false;
    const sent = send("aggregating", async (index, round) => {
      if (index === 2 && round === 2) await until("the lock", () => locked, PATIENCE);
    });
    await untilTwoOf(sent.acknowledged, 2);
    await killWhileAggregating(() => {
      locked = true;
    });
    expect((await aggregates("aggregating"))[1]).toBe(null);
    server = await startServer();
    await sent.over;
    await expectNothingLost("aggregating", plan, sent.acknowledged);
    const journal = await database.storage.journal.read("aggregating");
    expect(journal.filter(({ type }) => type === "aggregated")).toHaveLength(plan.rounds);
    expect((await database.storage.rounds.rows("aggregating")).length).toBe(plan.rounds);
  });

  const remembering = [
    ["FedAdam", "fedadam", ["first", "second"], parameters],
    ["SCAFFOLD", "scaffold", ["control"], 2 * parameters],
  ] as const;
  it.each(remembering)(
    "[R26] in the middle of collecting and of aggregating keeps what %s remembers, and gives the bytes of an undisturbed run",
    async (_, kind, names, values) => {
      const plan: Plan = { ...planOf({ rounds: 4 }), strategy: defaultSettings(kind) };
      const [calm, killed] = [`calm-${kind}`, `killed-${kind}`];
      await createRun(calm, plan);
      await createRun(killed, plan);
      server = await startServer();
      await send(calm, undefined, values).over;

      let kills = 0;
      const sent = send(
        killed,
        async (index, round) => {
          if (index === 2 && round >= 2) await until("the kill", () => kills >= round - 1, PATIENCE);
        },
        values,
      );
      await untilTwoOf(sent.acknowledged, 2);
      await killAndRestart();
      kills += 1;
      await untilTwoOf(sent.acknowledged, 3);
      await killWhileAggregating(() => {
        kills += 1;
      });
      server = await startServer();
      kills += 1;
      await sent.over;
      await expectNothingLost(killed, plan, sent.acknowledged);
      expect(await aggregates(killed)).toEqual(await aggregates(calm));
      const stateOf = (run: string) => database.storage.strategyStates.before(run, 5);
      expect((await stateOf(killed)).map(({ name }) => name)).toEqual(names);
      expect(await stateOf(killed)).toEqual(await stateOf(calm));
      expect((await database.storage.strategyStates.listBefore(killed, 5))[0]?.round).toBe(4);
    },
  );

  it("[R16] in the middle of the synthesis goes on with it, and the run finishes refined", async () => {
    const plan = planOf({ rounds: 5, snapshots: 5, iterations: 150 });
    await createRun("synthesis", plan);
    server = await startServer();
    const sent = send("synthesis");
    await until("the synthesis' first iterations", () => database.storage.jobs.latestSynthesis("synthesis"), {
      holds: (job) => job?.state === "working" && (job.progress?.iteration ?? 0) > 0,
      ...PATIENCE,
    });
    await killAndRestart();
    expect((await database.storage.jobs.latestSynthesis("synthesis"))?.state).not.toBe("done");
    await sent.over;
    await expectNothingLost("synthesis", plan, sent.acknowledged);
    const synthesis = await database.storage.jobs.latestSynthesis("synthesis");
    expect(synthesis).toMatchObject({ state: "done", progress: { iteration: 150 } });
    expect((await database.storage.rounds.rows("synthesis"))[4]?.refinedSnapshot).toMatch(/^[0-9a-f]{64}$/);
  });

  it("[R17] in the middle of refining refines the same aggregate after the restart", async () => {
    const plan = planOf({ rounds: 5, snapshots: 5, iterations: 2, refineSteps: 2000 });
    await createRun("refining", plan);
    server = await startServer();
    const sent = send("refining");
    await until("a worker to refine", () => database.storage.jobs.find("refining", "refine", 5), {
      holds: (job) => job?.state === "working",
      ...PATIENCE,
    });
    await killAndRestart();
    expect((await database.storage.rounds.rows("refining"))[4]?.refinedSnapshot).toBe(null);
    await sent.over;
    await expectNothingLost("refining", plan, sent.acknowledged);
    expect((await database.storage.rounds.rows("refining"))[4]?.refinedSnapshot).toMatch(/^[0-9a-f]{64}$/);
    const journal = await database.storage.journal.read("refining");
    expect(journal.filter(({ type }) => type === "refined")).toHaveLength(1);
  });
});
