/** What a volunteer's figures must keep to in order to count. */
import { classNamesOf, type Measurement, type Plan, type UpdateOffered } from "@tributary/protocol";
import type { Refusal } from "./refusal.ts";

/** Losses, errors and explained shares beyond this say nothing, and their sums would overflow. */
const largestFigure = 1e30;

/**
 * Why the figures of an offer cannot count; null: nothing speaks against them. They must be of the task's kind, with a
 * recall for each of its classes, on at most `limits.maxExamples` examples: so that a lie weighs no more than an update.
 */
export function evaluationProblem(
  { accuracy, evaluation }: Pick<UpdateOffered, "accuracy" | "evaluation">,
  plan: Plan,
): Refusal | null {
  const kind = plan.task.kind === "table-regression" ? "regression" : "classification";
  if ((accuracy === null) !== (kind === "regression")) {
    const expected = kind === "regression" ? "no accuracy of a regression" : "an accuracy";
    return { reason: "wrong-shape", detail: `expected ${expected}, got ${accuracy}` };
  }
  if (evaluation === null) return null;
  if (evaluation.kind !== kind) {
    return { reason: "wrong-shape", detail: `expected an evaluation of a ${kind}, got ${evaluation.kind}` };
  }
  const { maxExamples } = plan.limits;
  if (evaluation.examples > maxExamples) {
    const detail = `expected at most ${maxExamples} held-out examples, got ${evaluation.examples}`;
    return { reason: "too-many-examples", detail };
  }
  return evaluation.kind === "classification" ? classProblem(evaluation, plan) : valueProblem(evaluation);
}

type Of<Kind extends Measurement["kind"]> = Extract<Measurement, { readonly kind: Kind }>;

function classProblem({ recall, loss }: Of<"classification">, plan: Plan): Refusal | null {
  const classes = classNamesOf(plan).length;
  if (recall.length !== classes) {
    return { reason: "wrong-shape", detail: `expected a recall of ${classes} classes, got ${recall.length}` };
  }
  return sizeProblem("loss", loss);
}

function valueProblem({ loss, rmse, r2 }: Of<"regression">): Refusal | null {
  return sizeProblem("loss", loss) ?? sizeProblem("rmse", rmse) ?? sizeProblem("r2", r2 ?? 0);
}

function sizeProblem(name: string, value: number): Refusal | null {
  if (Math.abs(value) <= largestFigure) return null;
  return { reason: "out-of-bounds", detail: `expected a ${name} up to ${largestFigure}, got ${value}` };
}
