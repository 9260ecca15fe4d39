import { type Measurement, type Plan, UpdateOffered } from "@tributary/protocol";
import { measured, taskOfNetwork } from "@tributary/protocol/testing";
import { Value } from "typebox/value";
import { describe, expect, it } from "vitest";
import { testPlan } from "../testing/plan.ts";
import { evaluationProblem } from "./evaluation-problem.ts";

const base = testPlan({ rounds: 3, cohort: { minimum: 1, size: 4, quorum: 1, deadlineMs: 1000 } });
const rows = { kind: "mlp" as const, input: [3], hidden: [] };
const limits = { ...base.limits, maxExamples: 50 };
const classes: Plan = {
  ...base,
  limits,
  task: taskOfNetwork({ ...rows, outputs: 2, loss: "cross-entropy" }),
};
const values: Plan = { ...base, limits, task: taskOfNetwork({ ...rows, outputs: 1, loss: "squared-error" }) };

const ofClasses = measured(0.5, 1, { examples: 50 });
const ofValues: Measurement = { kind: "regression", examples: 50, loss: 0.5, rmse: 1, r2: -3 };

describe("evaluationProblem", () => {
  it("[T26] figures of the task's kind count, and so does an update without any", () => {
    expect(evaluationProblem({ accuracy: 0.5, evaluation: ofClasses }, classes)).toBeNull();
    expect(evaluationProblem({ accuracy: 0.5, evaluation: null }, classes)).toBeNull();
    expect(evaluationProblem({ accuracy: null, evaluation: ofValues }, values)).toBeNull();
    expect(evaluationProblem({ accuracy: null, evaluation: { ...ofValues, r2: null } }, values)).toBeNull();
  });

  it.each([
    ["an accuracy of a regression", values, { accuracy: 0.5, evaluation: null }, "wrong-shape", "0.5"],
    ["no accuracy of classes", classes, { accuracy: null, evaluation: null }, "wrong-shape", "null"],
    ["another kind", classes, { accuracy: 0.5, evaluation: ofValues }, "wrong-shape", "regression"],
    ["another kind", values, { accuracy: null, evaluation: ofClasses }, "wrong-shape", "classification"],
    [
      "recalls of other classes",
      classes,
      { accuracy: 0.5, evaluation: { ...ofClasses, recall: [1, 1, 1] } },
      "wrong-shape",
      "got 3",
    ],
    [
      "more examples than an update may have",
      classes,
      { accuracy: 0.5, evaluation: { ...ofClasses, examples: 51 } },
      "too-many-examples",
      "got 51",
    ],
    [
      "a loss whose sum overflows",
      classes,
      { accuracy: 0.5, evaluation: { ...ofClasses, loss: 1e300 } },
      "out-of-bounds",
      "1e+300",
    ],
    [
      "an error whose sum overflows",
      values,
      { accuracy: null, evaluation: { ...ofValues, rmse: 1e31 } },
      "out-of-bounds",
      "rmse",
    ],
    [
      "an explained share whose sum overflows",
      values,
      { accuracy: null, evaluation: { ...ofValues, r2: -1e31 } },
      "out-of-bounds",
      "r2",
    ],
  ] as const)("[T26] %s is refused with its value", (_, plan, told, reason, quoted) => {
    const problem = evaluationProblem(told as Parameters<typeof evaluationProblem>[0], plan);
    expect(problem).toEqual({ reason, detail: expect.stringContaining(quoted) });
  });

  it("[T26] no message carries a figure that is not finite, or is outside its range", () => {
    const fits = (evaluation: unknown) => Value.Check(UpdateOffered.properties.evaluation, evaluation);
    expect([fits(ofClasses), fits(ofValues), fits(null)]).toEqual([true, true, true]);
    for (const wrong of [
      { ...ofClasses, loss: Number.NaN },
      { ...ofClasses, loss: Number.POSITIVE_INFINITY },
      { ...ofClasses, accuracy: 1.5 },
      { ...ofClasses, recall: [Number.NaN, 1] },
      { ...ofClasses, examples: 0 },
      { ...ofValues, rmse: Number.NaN },
      { ...ofValues, r2: Number.NEGATIVE_INFINITY },
      { ...ofValues, r2: 2 },
    ]) {
      expect([wrong, fits(wrong)]).toEqual([wrong, false]);
    }
  });
});
