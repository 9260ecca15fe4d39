import { CreateRunBody, RunSettings, smallPlan } from "@tributary/protocol";
import { defaultSettings, strategies } from "@tributary/strategy";
import { Value } from "typebox/value";
import { describe, expect, test } from "vitest";
import { sortProblems } from "./field-problems.ts";
import type { FormValues } from "./form-paths.ts";
import { bodyOfForm, changedForm, formOfBody } from "./plan-form.ts";
import { presets } from "./presets.ts";

function formWith(changes: FormValues): FormValues {
  return { ...formOfBody(presets[0].body), ...changes };
}

describe("the form that makes a plan", () => {
  test.each(presets)("[E31] the preset $id fills the form, and the form gives it back", ({ body }) => {
    expect(bodyOfForm(formOfBody(body))).toEqual({ ok: true, body });
    expect(Value.Check(CreateRunBody, body)).toBe(true);
  });

  test("[E31] fields that do not apply to the choices are not sent", () => {
    const outcome = bodyOfForm(
      formWith({
        "task.version": "3",
        "plan.sample": "",
        "plan.dynafed": "",
        "plan.local.optimizer.kind": "momentum",
        "plan.local.optimizer.momentum": "0.9",
      }),
    );
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
    const { strategy, dynafed, local, sample } = outcome.body.plan;
    expect(outcome.body.task).toEqual({ id: "fashion-mnist", version: 3 });
    expect(sample).toBeNull();
    expect(strategy).toEqual({ kind: "fedavg" });
    expect(dynafed).toBeNull();
    expect(local.optimizer).toEqual({ kind: "momentum", learningRate: 0.001, momentum: 0.9 });
    expect(Value.Check(RunSettings, outcome.body.plan)).toBe(true);
  });

  test.each(strategies)(
    "[E35] choosing $kind fills its settings, and the plan is one that the server takes",
    (each) => {
      const values = changedForm(formWith({}), "plan.strategy.kind", each.kind, presets[0].body);
      const outcome = bodyOfForm(values);
      if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
      expect(outcome.body.plan.strategy).toEqual(defaultSettings(each.kind));
      expect(Value.Check(RunSettings, outcome.body.plan)).toBe(true);
      expect(formOfBody(outcome.body)["plan.strategy.kind"]).toBe(each.kind);
    },
  );

  test("[E35] DynaFed that is switched on is filled in, and keeps what was typed before it was switched off", () => {
    const plain = formOfBody(presets[1].body);
    const on = changedForm(plain, "plan.dynafed", "true", presets[0].body);
    expect(bodyOfForm(on)).toMatchObject({ body: { plan: { dynafed: smallPlan.dynafed } } });
    const typed = { ...on, "plan.dynafed.snapshots": "7" };
    const off = changedForm(typed, "plan.dynafed", "", presets[0].body);
    expect(bodyOfForm(off)).toMatchObject({ body: { plan: { dynafed: null } } });
    const again = changedForm(off, "plan.dynafed", "true", presets[0].body);
    expect(bodyOfForm(again)).toMatchObject({ body: { plan: { dynafed: { snapshots: 7 } } } });
  });

  test("[E31] what is no number is named beside its field, with what was typed", () => {
    const outcome = bodyOfForm(formWith({ "plan.rounds": "many", "plan.sample.alpha": "" }));
    expect(outcome).toEqual({
      ok: false,
      problems: [
        { path: "/plan/rounds", message: 'must be a whole number, got "many"' },
        { path: "/plan/sample/alpha", message: 'must be a number, got ""' },
      ],
    });
  });

  test("[E32] what the server refuses is shown beside the field that it names", () => {
    const problems = [
      { path: "/plan/rounds", message: "must be at least 1, got 0" },
      { path: "/plan/cohort/quorum", message: "must be at most 4, the cohort's size, got 5" },
      { path: "/plan/cohort/quorum", message: "must be at most 3, the cohort's minimum, got 5" },
      { path: "/task", message: 'must be a task of this server, got "a; /plan/rounds b", version 1' },
      { path: "/task/classes", message: "must be 10, the classes of fashion-mnist, got 3" },
      { path: "/plan/limits", message: "must allow an exact aggregate" },
      { path: "/moon", message: "is not known here" },
    ];
    expect(sortProblems(problems, formWith({}))).toEqual({
      fields: {
        "plan.rounds": ["must be at least 1, got 0"],
        "plan.cohort.quorum": [
          "must be at most 4, the cohort's size, got 5",
          "must be at most 3, the cohort's minimum, got 5",
        ],
        "task.id": ['must be a task of this server, got "a; /plan/rounds b", version 1'],
        "plan.limits.maxExamples": ["must allow an exact aggregate"],
      },
      others: ["/task/classes must be 10, the classes of fashion-mnist, got 3", "/moon is not known here"],
    });
  });

  test("[E32] a problem of a field that is not shown stands beside the field that holds it, else below the form", () => {
    const problems = [{ path: "/plan/dynafed/snapshots", message: "must be at least 5, got 2" }];
    expect(sortProblems(problems, formWith({})).others).toEqual([]);
    const hidden = sortProblems(problems, formWith({ "plan.dynafed": "" }));
    expect(hidden).toEqual({ fields: { "plan.dynafed": ["must be at least 5, got 2"] }, others: [] });
    const momentum = [{ path: "/plan/local/optimizer/momentum", message: "is not known here" }];
    expect(sortProblems(momentum, formWith({})).others).toEqual([
      "/plan/local/optimizer/momentum is not known here",
    ]);
  });
});
