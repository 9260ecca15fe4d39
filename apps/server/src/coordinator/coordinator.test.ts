import { realRuntime } from "@tributary/platform";
import { until } from "@tributary/platform/testing";
import { encodeTensor } from "@tributary/protocol";
import { measured } from "@tributary/protocol/testing";
import { testPlan } from "@tributary/rounds/testing";
import type { JobResult } from "@tributary/storage";
import { connect } from "@tributary/storage";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectVolunteer, join, offerOf, type RawVolunteer, report } from "../../testing/test-volunteer.ts";
import { startTestServer, type TestServer, until as untilState } from "../../testing/volunteer-server.ts";
import { startRuns } from "./runs.ts";

const parameters = 200;
const delta = (value: number) => new Float32Array(parameters).fill(value);
const alone = { minimum: 1, size: 1, quorum: 1, deadlineMs: 600_000 };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function volunteerIn(run: string): Promise<RawVolunteer> {
  const volunteer = await connectVolunteer(server.url);
  await join(volunteer, run);
  return volunteer;
}

async function rounds(volunteer: RawVolunteer, first: number, last: number): Promise<void> {
  for (let round = first; round <= last; round++) {
    const opened = await volunteer.next("round-opened", (message) => message.round === round);
    await report(volunteer, opened, delta(round));
  }
}

/** Does the next job of a kind by hand, in the place of the compute process. Evaluations before it are done too. */
async function doJob(kind: JobResult["kind"], result: JobResult | "fails"): Promise<void> {
  const { jobs } = server.storage;
  await until(`the end of a job: ${kind}`, async () => {
    const job = await jobs.claim("by hand", 60_000);
    if (job === null) return false;
    if (job.kind !== kind) {
      await jobs.complete(job.id, "by hand", { kind: "evaluate", measurement: measured(0.25, 1.5) });
      return false;
    }
    if (result === "fails") {
      await jobs.fail(job.id, "by hand", "no memory left");
      return (await jobs.find(job.run, job.kind, job.round))?.state === "failed";
    }
    await jobs.complete(job.id, "by hand", result);
    return true;
  });
}

describe("the coordinator", () => {
  it("[R19] tells volunteers of every evaluation, and those who come later of the earlier ones", async () => {
    await server.run("evaluated", testPlan({ rounds: 3, cohort: alone }), parameters);
    const volunteer = await volunteerIn("evaluated");
    await rounds(volunteer, 1, 1);
    await doJob("evaluate", { kind: "evaluate", measurement: measured(0.75, 0.5) });
    const aggregate = { kind: "classification", accuracy: 0.75, loss: 0.5 };
    const evaluated = { round: 1, aggregate, refined: null, startRound: 0, federated: null };
    expect(await volunteer.next("round-evaluated")).toMatchObject(evaluated);
    const later = await volunteerIn("evaluated");
    expect(await later.next("round-evaluated")).toMatchObject(evaluated);
  });

  it("[R19] a run without data of the server is evaluated by its volunteers, and nobody else", async () => {
    const cohort = { ...alone, minimum: 2, size: 2, quorum: 2 };
    const plan = { ...testPlan({ rounds: 2, cohort }), sample: null };
    const coordinator = await server.run("federated", plan, parameters);
    const volunteers = [await volunteerIn("federated"), await volunteerIn("federated")];
    for (const round of [1, 2]) {
      for (const [at, volunteer] of volunteers.entries()) {
        const opened = await volunteer.next("round-opened", (message) => message.round === round);
        const evaluation = measured(round === 1 ? 0.25 : 0.5, 1, { examples: at === 0 ? 30 : 10 });
        await report(volunteer, opened, delta(round), { evaluation });
      }
    }
    await untilState(coordinator, ({ phase }) => phase === "finished");
    for (const listener of volunteers) {
      for (const round of [1, 2]) {
        const told = await listener.next("round-evaluated", (message) => message.round === round);
        const mean = { examples: 40, accuracy: round === 1 ? 0.25 : 0.5 };
        expect(told).toMatchObject({ aggregate: null, refined: null, startRound: round - 1 });
        expect(told.federated).toMatchObject({ volunteers: 2, mean });
      }
    }
    expect(await server.storage.jobs.pending("federated")).toBe(0);
  });

  it("[T26] an update whose figures are of other classes than the task's is refused with the value", async () => {
    await server.run("other-classes", testPlan({ rounds: 1, cohort: alone }), parameters);
    const volunteer = await volunteerIn("other-classes");
    const opened = await volunteer.next("round-opened");
    const evaluation = measured(0.5, 1, { recall: [1, 0, 1] });
    volunteer.send(offerOf(opened, delta(1), { evaluation }).offer);
    expect(await volunteer.next("update-refused")).toMatchObject({
      reason: "wrong-shape",
      detail: "expected a recall of 2 classes, got 3",
    });
  });

  it("[R20] goes on without DynaFed when the synthesis failed for good, and keeps the reason in the journal", async () => {
    const plan = testPlan({ rounds: 6, cohort: alone, snapshots: 5 });
    const coordinator = await server.run("unsynthesized", plan, parameters);
    const volunteer = await volunteerIn("unsynthesized");
    await rounds(volunteer, 1, 4);
    await untilState(coordinator, ({ phase }) => phase === "synthesizing");
    expect(coordinator.activity()).toEqual({ state: "synthesizing", round: 4, iteration: 0, iterations: 3 });
    await doJob("synthesize", "fails");
    await rounds(volunteer, 5, 6);
    await untilState(coordinator, ({ phase }) => phase === "finished");
    const journal = await server.storage.journal.read("unsynthesized");
    expect(journal.find(({ type }) => type === "synthesis-failed")).toMatchObject({
      reason: "no memory left",
    });
  });

  it("[R21] sends the refined model on, and finishes with one", async () => {
    const plan = testPlan({ rounds: 5, cohort: alone, snapshots: 5 });
    const coordinator = await server.run("refined", plan, parameters);
    const volunteer = await volunteerIn("refined");
    await rounds(volunteer, 1, 4);
    const floats = new Uint8Array(4);
    const set = { imagesPerClass: 1, images: floats, labelLogits: floats, innerStep: 0.1 };
    const progress = { backend: "cpu", iteration: 3, iterations: 3, distances: [], ms: 1 };
    await doJob("synthesize", { kind: "synthesize", set, progress });
    await rounds(volunteer, 5, 5);
    const { manifest, bytes } = encodeTensor(delta(0.5), "float32");
    await doJob("refine", { kind: "refine", snapshot: { hash: manifest.hash, parameters: bytes } });
    await untilState(coordinator, ({ phase }) => phase === "finished");
    expect(coordinator.state()).toMatchObject({ snapshot: manifest.hash, completed: 5 });
    expect(
      await volunteer.next("activity-changed", ({ activity }) => activity.state === "finished"),
    ).toBeTruthy();
  });

  it("[R24] a stop during the synthesis ends the synthesis too, though a worker has it", async () => {
    const plan = testPlan({ rounds: 6, cohort: alone, snapshots: 5 });
    const coordinator = await server.run("halted", plan, parameters);
    await rounds(await volunteerIn("halted"), 1, 4);
    await untilState(coordinator, ({ phase }) => phase === "synthesizing");
    const { jobs } = server.storage;
    const job = await until("the synthesis", async () => {
      const claimed = await jobs.claim("halted worker", 60_000);
      if (claimed === null || claimed.kind === "synthesize") return claimed;
      await jobs.complete(claimed.id, "halted worker", { kind: "evaluate", measurement: measured(0, 1) });
      return null;
    });
    expect(await coordinator.act("stop")).toEqual({ ok: true });
    expect(await jobs.renew(job.id, "halted worker", 60_000, null)).toBe(false);
    const ended = { state: "failed", failure: "the run was stopped" };
    expect(await jobs.find("halted", "synthesize", 4)).toMatchObject(ended);
    expect(await jobs.pending("halted")).toBe(0);
  });

  it("[T19] tells once that a round takes no more updates, be it full or abandoned", async () => {
    const closed: [string, number][] = [];
    const stop = server.runs.onRoundClosed((run, round) => void closed.push([run, round]));
    const coordinator = await server.run("closing", testPlan({ rounds: 4, cohort: alone }), parameters);
    const volunteer = await volunteerIn("closing");
    await rounds(volunteer, 1, 2);
    await volunteer.next("round-opened", ({ round }) => round === 3);
    expect(await coordinator.act("stop")).toEqual({ ok: true });
    const ofRun = () => closed.filter(([run]) => run === "closing").map(([, round]) => round);
    expect(ofRun()).toEqual([1, 2, 3]);
    stop();
  });

  it("[R22] survives the loss of every database connection in the middle of a round", async () => {
    const own = await startTestServer();
    try {
      const coordinator = await own.run("cut", testPlan({ rounds: 2, cohort: alone }), parameters);
      const volunteer = await connectVolunteer(own.url);
      await join(volunteer, "cut");
      const opened = await volunteer.next("round-opened");
      const sql = connect(own.databaseUrl, { max: 1, name: "coordinator test" });
      await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`;
      await sql.end();
      await report(volunteer, opened, delta(1));
      await report(volunteer, await volunteer.next("round-opened"), delta(1));
      await untilState(coordinator, ({ phase }) => phase === "finished");
      const rows = await own.storage.rounds.rows("cut");
      expect(rows.map(({ outcome, participants }) => [outcome, participants])).toEqual([
        ["aggregated", 1],
        ["aggregated", 1],
      ]);
    } finally {
      await own.close();
    }
  });

  it("[R25] a run that cannot be read keeps no other from going on", async () => {
    const own = await startTestServer();
    try {
      await own.run("whole", testPlan({ rounds: 2, cohort: alone }), parameters);
      await own.run("broken", testPlan({ rounds: 2, cohort: alone }), parameters);
      await own.runs.close();
      const sql = connect(own.databaseUrl, { max: 1, name: "coordinator test" });
      await sql`update runs set plan = '{}' where run = 'broken'`;
      await sql.end();
      const again = await startRuns({ storage: own.storage, deps: realRuntime(pino({ level: "silent" })) });
      expect(again.find("broken")).toBeNull();
      expect(again.find("whole")).not.toBeNull();
      await again.close();
    } finally {
      await own.close();
    }
  });

  it("[R23] leads a run alone: a second coordinator waits, and takes over where the first one stopped", async () => {
    const own = await startTestServer();
    const log = pino({ level: "silent" });
    try {
      await own.run("led", testPlan({ rounds: 2, cohort: alone }), parameters);
      const second = await startRuns({ storage: own.storage, deps: realRuntime(log) });
      expect(await second.act("led", "pause")).toEqual({
        ok: false,
        reason: "another server coordinates this run",
      });
      await own.runs.close();
      expect(await second.act("led", "pause")).toEqual({ ok: true });
      expect(second.find("led")?.activity).toEqual({ state: "paused", round: 1 });
      expect(await second.act("led", "pause")).toEqual({
        ok: false,
        reason: "cannot pause a run that is paused",
      });
      await second.close();
    } finally {
      await own.close();
    }
  });
});
