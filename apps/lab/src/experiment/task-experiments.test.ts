import { expect, test } from "vitest";
import { readLabData } from "../data/lab-data.ts";
import { runMatrix } from "./run-matrix.ts";
import { taskExperiments } from "./task-experiments.ts";

test("[Q27] every shipped task has the strategies, DynaFed where there are classes, and the same network with all data in one place", async () => {
  for (const { name, folder, scale, split, methods } of taskExperiments) {
    const data = await readLabData(folder, { split, pictures: null });
    const preset = { name, about: name, methods: () => methods };
    const runs = runMatrix({ preset, scale, seeds: [1, 2, 3], splits: [split], only: null }, data);
    const names = ["FedAvg", "SCAFFOLD", "DynaFed", "DynaFed+SCAFFOLD", "all data in one place"];
    const expected = data.task.kind === "table-regression" ? [0, 1, 4].map((at) => names[at]) : names;
    expect(runs.slice(0, expected.length).map(({ method }) => method)).toEqual(expected);
    expect(runs).toHaveLength(3 * expected.length);
    for (const { method, plan, split: used } of runs) {
      expect(plan.dynafed !== null).toBe(method.startsWith("DynaFed"));
      if (method === "all data in one place") {
        expect([plan.sample?.shards, plan.cohort.size, used.kind]).toEqual([1, 1, "even"]);
        const clients = data.groups === null ? scale.clients : new Set(data.groups).size;
        expect(plan.rounds).toBe(Math.round((scale.rounds * scale.perRound) / clients));
      } else {
        expect([plan.rounds, plan.cohort.size, used]).toEqual([scale.rounds, scale.perRound, split]);
      }
    }
  }
  expect(taskExperiments.map(({ name }) => name)).toContain("emoji");
});
