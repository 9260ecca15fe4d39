import { addStatistics, columnStatistics, scalesFromStatistics } from "@tributary/datasets/tables";
import { realRuntime } from "@tributary/platform";
import type { ColumnSums, Plan, TableTask } from "@tributary/protocol";
import { taskOfNetwork } from "@tributary/protocol/testing";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestServer, type TestServer, testPlan } from "../../testing/http-server.ts";
import { createRun } from "../admin/create-run.ts";
import { startRuns } from "../coordinator/runs.ts";
import { waitingReason } from "../transport/waiting-reason.ts";

/** Rows of two inputs and a target, all without a scale, in a range of 0 to 200. */
function rowsTask(): TableTask {
  const task = taskOfNetwork({ kind: "mlp", input: [2], outputs: 1, loss: "squared-error", hidden: [3] });
  if (task.kind !== "table-regression") throw new Error("expected a regression");
  const unscaled = { scale: null, range: [0, 200] as [number, number] };
  const columns = task.columns.map((column) =>
    column.type === "category" ? column : { ...column, ...unscaled },
  );
  return { ...task, columns, target: { ...task.target, ...unscaled } };
}

const task = rowsTask();
const plan: Plan = {
  ...{ ...testPlan, task, sample: null, dynafed: null },
  cohort: { ...testPlan.cohort, minimum: 3, size: 3 },
};

/** Rows as a volunteer reads them before there are scales: brought to -1..1 by the range. */
function rowsFrom(first: number, count: number) {
  const rows = Float32Array.from({ length: 2 * count }, (_, at) => ((first + at * 7) % 200) / 100 - 1);
  const values = Float32Array.from({ length: count }, (_, at) => ((first * 3 + at * at) % 200) / 100 - 1);
  return { kind: "value-rows" as const, count, features: 2, rows, values };
}
const sites = [rowsFrom(5, 40), rowsFrom(90, 25), rowsFrom(160, 7)];
const figures = sites.map((site) => columnStatistics(task, site));
const pooled = columnStatistics(task, {
  kind: "value-rows",
  ...{ count: 72, features: 2 },
  rows: Float32Array.from(sites.flatMap(({ rows }) => [...rows])),
  values: Float32Array.from(sites.flatMap(({ values }) => [...values])),
});
const names = ["first-volunteer-00", "second-volunteer-0", "third-volunteer-00", "fourth-volunteer-0"];

describe("the figures of a run's columns", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer();
  });
  afterAll(() => server.close());

  const create = (name: string) => createRun({ storage: server.storage, live: server.runs }, { name, plan });
  const send = async (run: string, contributor: number, sums: readonly ColumnSums[]) =>
    server.app.inject({
      method: "POST",
      url: `/api/runs/${run}/statistics`,
      payload: { contributor: names[contributor], figures: sums },
    });
  const summary = async (run: string) => (await server.app.inject(`/api/runs/${run}`)).json();
  const start = (run: string) =>
    server.app.inject({
      method: "POST",
      url: `/api/admin/runs/${run}/actions`,
      headers: server.operator,
      payload: { action: "start" },
    });

  test("[H41] the scales are those of all volunteers' rows together, and the run is then there for everybody", async () => {
    const run = await create("Pooled");
    expect((await summary(run)).activity).toEqual({ state: "waiting", available: 0, needed: 3 });
    expect(await server.runs.open(run)).toBeNull();
    expect(await waitingReason(server.storage, run)).toMatch(/waits for its volunteers' figures/);
    const early = await start(run);
    expect([early.statusCode, early.json().detail]).toEqual([
      409,
      "the run waits for the figures of 3 volunteers on: x0, x1, y; start it when it has them",
    ]);

    for (const [at, sums] of figures.entries()) {
      const answer = await send(run, at, sums);
      expect([answer.statusCode, answer.json()]).toEqual([200, { contributors: at + 1, needed: 3 }]);
    }
    const { plan: complete, activity } = await summary(run);
    expect(complete).toEqual({
      ...plan,
      task: scalesFromStatistics(task, figures.reduce<readonly ColumnSums[]>(addStatistics, noSums)),
    });
    const central = scalesFromStatistics(task, pooled);
    for (const [at, column] of central.columns.entries()) {
      const { mean, std } = complete.task.columns[at].scale;
      expect([mean, std]).toEqual([
        expect.closeTo("scale" in column ? (column.scale?.mean ?? 0) : 0, 9),
        expect.closeTo("scale" in column ? (column.scale?.std ?? 0) : 0, 9),
      ]);
    }
    expect(activity.state).not.toBe("waiting");
    expect(await waitingReason(server.storage, run)).toBeNull();
    expect((await start(run)).json().activity).toEqual({ state: "waiting", available: 0, needed: 3 });
  });

  test("[H41] figures that come late change nothing and have the same answer", async () => {
    const run = await create("Late");
    for (const [at, sums] of figures.entries()) await send(run, at, sums);
    const coordinator = await server.runs.open(run);
    const before = await summary(run);
    const late = await send(run, 3, figures[0] as ColumnSums[]);
    expect([late.statusCode, late.json()]).toEqual([200, { contributors: 3, needed: 3 }]);
    expect(await summary(run)).toEqual(before);
    expect(await server.runs.open(run)).toBe(coordinator);
  });

  test("[H41] figures that no rows can have are refused with path and value, and nothing is kept", async () => {
    const run = await create("Liar");
    const [first, ...others] = figures[0] as ColumnSums[];
    const answer = await send(run, 0, [{ ...(first as ColumnSums), sumSquares: 1e6 }, ...others]);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().problems).toEqual([
      { path: "/figures/0/sumSquares", message: expect.stringMatching(/to 40 .*got 1000000/) },
    ]);
    expect((await send(run, 0, [])).statusCode).toBe(400);
    expect((await send("nowhere", 0, figures[0] as ColumnSums[])).statusCode).toBe(404);
    expect((await summary(run)).activity.available).toBe(0);
  });

  test("[H41] a volunteer counts once, and a restart keeps what was sent", async () => {
    const run = await create("Restarted");
    await send(run, 0, figures[1] as ColumnSums[]);
    await send(run, 0, figures[0] as ColumnSums[]);
    await send(run, 1, figures[1] as ColumnSums[]);
    const restarted = await startRuns({
      storage: server.storage,
      deps: realRuntime(pino({ level: "silent" })),
    });
    expect(restarted.find(run)).toBeNull();
    expect((await summary(run)).activity).toEqual({ state: "waiting", available: 2, needed: 3 });
    await send(run, 2, figures[2] as ColumnSums[]);
    expect((await restarted.open(run))?.run.plan).toEqual((await summary(run)).plan);
    await restarted.close();
  });
});

const noSums: readonly ColumnSums[] = task.columns
  .map(() => ({ count: 0, sum: 0, sumSquares: 0 }))
  .concat({ count: 0, sum: 0, sumSquares: 0 });
