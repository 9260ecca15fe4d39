import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { paperLevers } from "@tributary/protocol";
import { taskOfNetwork } from "@tributary/protocol/testing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  openTestSite,
  type TestSite,
  tinyPlan,
  untilNumber,
  untilRun,
  untilStatus,
} from "../testing/test-site.ts";
import { REPOSITORY } from "./server-process.ts";

const PATIENCE_MS = 240_000;

let site: TestSite;
const volunteers: ChildProcess[] = [];
beforeAll(async () => {
  site = await openTestSite();
}, PATIENCE_MS);
afterEach(async () => {
  for (const child of volunteers.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  expect(site.troubles()).toEqual([]);
});
afterAll(() => site?.close());

function startNodeVolunteers(run: string, count: number): void {
  const entry = join(REPOSITORY, "apps/node-volunteer/dist/main.js");
  const args = [entry, "--count", String(count), "--url", site.server.url, "--run", run];
  volunteers.push(spawn(process.execPath, args, { stdio: "ignore" }));
}

test(
  "[E15] pages and Node volunteers together finish a run with rounds, a synthesis and refined rounds",
  async () => {
    const run = await site.startRun(
      "the whole of it",
      tinyPlan({
        rounds: 7,
        task: taskOfNetwork({ kind: "convnet", image: [28, 28, 1], classes: 10, width: 4, depth: 2 }),
        cohort: { minimum: 4, size: 4, quorum: 4, deadlineMs: 120_000 },
        dynafed: {
          ...paperLevers,
          snapshots: 5,
          imagesPerClass: 1,
          innerSteps: 2,
          innerStep: 0.4,
          iterations: 5,
          imageRate: 5e-2,
          labelRate: 1e-2,
          innerStepRate: 1e-5,
          ahead: 3,
          leastAveraged: 2,
          refineSteps: 3,
          refineRate: 1e-3,
          augment: "siamese",
        },
      }),
    );
    for (const shard of [0, 1]) {
      const page = await (await site.newProfile()).newPage();
      await page.goto(`/?run=${run}&shard=${shard}&autostart=1`);
    }
    startNodeVolunteers(run, 2);
    const { rounds, synthesis } = await untilRun(
      site.api,
      run,
      (detail) =>
        detail.summary.activity.state === "finished" &&
        detail.rounds.every(
          (row) => row.accuracyAggregate !== null && (row.round < 5 || row.accuracyRefined !== null),
        ),
    );
    expect(rounds.map(({ outcome, participants }) => [outcome, participants])).toEqual(
      Array.from({ length: 7 }, () => ["aggregated", 4]),
    );
    expect(rounds.map(({ accuracyRefined }) => accuracyRefined !== null)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
    expect(synthesis).toMatchObject({ state: "done", iterations: 5, failure: null });
    expect(await site.api.exportNames(run)).toContain("synthetic-set.bin");
  },
  PATIENCE_MS,
);

test(
  "[E16] after a kill -9 of the server a connected page reconnects by itself and the run goes on",
  async () => {
    const run = await site.startRun("killed", tinyPlan({ rounds: 1000 }));
    const page = await (await site.newProfile()).newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`/?run=${run}&shard=0&autostart=1`);
    await untilNumber(page, "rounds-contributed", 2);
    const [before] = (await site.api.detail(run)).volunteers;

    await site.server.kill();
    await untilStatus(page, "reconnecting");
    await site.server.restart();
    const { volunteers } = await untilRun(
      site.api,
      run,
      (detail) => (detail.volunteers[0]?.roundsReported ?? 0) >= (before?.roundsReported ?? 0) + 3,
    );
    expect(volunteers.map(({ volunteer }) => volunteer)).toEqual([before?.volunteer]);
    await page.close();
  },
  PATIENCE_MS,
);
