/** Whole runs on data of every kind: each strategy, DynaFed where there are classes, and what is measured. */
import { createRng, type Dataset, prepareBackend } from "@tributary/model";
import { openWasm } from "@tributary/model/node";
import type { NetworkSpec, Plan } from "@tributary/protocol";
import { taskOfNetwork } from "@tributary/protocol/testing";
import { checkPlan } from "@tributary/rounds";
import { defaultSettings, strategies } from "@tributary/strategy";
import { beforeAll, expect, test } from "vitest";
import { dynafedPart, smallPart, spotData, spotPlan } from "../../testing/spots.ts";
import { usualSplit } from "../data/split.ts";
import { roundRow } from "./round-rows.ts";
import { simulate } from "./simulate.ts";

beforeAll(async () => {
  await openWasm();
  prepareBackend();
});

const features = 3;

/** Rows whose first input says the class, or is the number up to noise. */
function table(kind: "rows" | "value-rows", count: number, seed: number): Dataset {
  const rng = createRng(seed);
  const rows = Float32Array.from({ length: count * features }, () => rng.normal());
  const first = Array.from({ length: count }, (_, at) => rows[at * features] as number);
  if (kind === "value-rows") {
    return { kind, features, count, rows, values: Float32Array.from(first, (x) => x + 0.1 * rng.normal()) };
  }
  return { kind, features, count, rows, classes: 2, labels: Uint8Array.from(first, (x) => (x > 0 ? 1 : 0)) };
}

function taskFor(loss: "cross-entropy" | "squared-error"): Plan["task"] {
  const outputs = loss === "squared-error" ? 1 : 2;
  const spec: NetworkSpec = { kind: "mlp", input: [features], outputs, hidden: [4], loss };
  const task = taskOfNetwork(spec);
  return { ...task, evaluation: { ...task.evaluation, holdOut: 0.2 } } as Plan["task"];
}

const kinds = {
  pictures: { task: null, data: spotData },
  rows: {
    task: taskFor("cross-entropy"),
    data: { train: table("rows", 60, 1), test: table("rows", 20, 2) },
  },
  "rows with numbers": {
    task: taskFor("squared-error"),
    data: { train: table("value-rows", 60, 1), test: table("value-rows", 20, 2) },
  },
} as const;

const planFor = (kind: keyof typeof kinds, part: object): Plan => {
  const plan = spotPlan(part);
  const task = kinds[kind].task ?? { ...plan.task, evaluation: { ...plan.task.evaluation, holdOut: 0.2 } };
  return { ...plan, task } as Plan;
};

test.each(Object.keys(kinds) as (keyof typeof kinds)[])(
  "[M21] every strategy trains on %s, and each round carries what the volunteers measured",
  async (kind) => {
    for (const { kind: strategy } of strategies) {
      const plan = { ...planFor(kind, { ...smallPart, rounds: 2 }), strategy: defaultSettings(strategy) };
      const { rounds } = await simulate(plan, kinds[kind].data);
      expect(rounds.map(({ participants }) => participants)).toEqual([2, 2]);
      for (const { aggregate, federated } of rounds) {
        expect(aggregate).toMatchObject({
          kind: kind === "rows with numbers" ? "regression" : "classification",
          examples: 20,
        });
        expect(federated?.examples).toBeGreaterThanOrEqual(2);
        expect(Number.isFinite(federated?.loss)).toBe(true);
      }
    }
  },
);

test("[M21] DynaFed refines on rows, without augmentation and with noise", async () => {
  const plan = planFor("rows", dynafedPart);
  const dynafed = plan.dynafed ?? expect.unreachable("the plan has no DynaFed");
  for (const change of [{ augment: "none" }, { augment: "noise", noiseStd: 0.1 }] as const) {
    const result = await simulate({ ...plan, dynafed: { ...dynafed, ...change } }, kinds.rows.data);
    expect(result.rounds.map(({ refined }) => refined !== null)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
    expect(result.synthesis?.set).toMatchObject({ input: [features], classes: 2, imagesPerClass: 2 });
  }
});

test("[M21] a regression has its own figures, an even split, and no DynaFed", async () => {
  const { dynafed } = spotPlan(dynafedPart);
  const plan = planFor("rows with numbers", { ...smallPart, rounds: 20 });
  expect(usualSplit(plan)).toEqual({ kind: "even" });
  const { rounds } = await simulate(plan, kinds["rows with numbers"].data);
  const [first, last] = [rounds[0], rounds.at(-1)].map((round) => round && roundRow(round));
  expect(Object.keys(last ?? {}).slice(0, 5)).toEqual(["round", "participants", "rmse", "r2", "testLoss"]);
  expect(last?.rmse).toBeLessThan(Number(first?.rmse));
  const problems = checkPlan({ ...plan, sample: null, dynafed }, []);
  expect(problems[0]).toMatchObject({ path: "/dynafed", message: expect.stringContaining("soft labels") });
});
