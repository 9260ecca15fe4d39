import { type FederatedFigure, type Figures, headlineIn } from "@tributary/protocol";
import { expect, test } from "vitest";
import { formatHeadline, headlinePoints } from "./headline.ts";

const classes = (accuracy: number, auc: number | null = 0.9): Figures => ({
  ...{ kind: "classification", examples: 10, loss: 1 },
  ...{ accuracy, balancedAccuracy: accuracy / 2, auc },
});
const federated = (accuracy: number): FederatedFigure => ({
  ...{
    volunteers: 3,
    headline: "accuracy",
    mean: classes(accuracy),
    spread: 0.1,
    worstTenth: accuracy - 0.2,
  },
});

test("[E45] the headline is the task's, and unknown for figures of another kind", () => {
  const numbers: Figures = { kind: "regression", examples: 5, loss: 1, rmse: 0.5, r2: 0.75 };
  expect(headlineIn(classes(0.8), "balanced-accuracy")).toBe(0.4);
  expect(headlineIn(classes(0.8, null), "auc")).toBeNull();
  expect([headlineIn(numbers, "rmse"), headlineIn(numbers, "r2"), headlineIn(numbers, "auc")]).toEqual([
    0.5,
    0.75,
    null,
  ]);
  expect(headlineIn(classes(0.8), "rmse")).toBeNull();
  expect([formatHeadline(0.731, "accuracy"), formatHeadline(0.731, "auc")]).toEqual(["73 %", "0.731"]);
});

test("[E45] what volunteers measured belongs to the model that their round started from, beside the server's figure", () => {
  const rounds = [
    { round: 1, aggregate: classes(0.5), refined: null, startRound: 0, federated: federated(0.3) },
    { round: 2, aggregate: null, refined: null, startRound: 1, federated: federated(0.4) },
    { round: 3, aggregate: classes(0.7), refined: classes(0.8), startRound: 1, federated: federated(0.6) },
  ];
  const points = headlinePoints(rounds, "accuracy");
  expect(points.map(({ round }) => round)).toEqual([0, 1, 3]);
  expect(points[0]).toMatchObject({ aggregate: null, volunteers: 0.3 });
  expect(points[1]).toMatchObject({ aggregate: 0.5, volunteers: 0.6 });
  expect(points[2]).toMatchObject({ aggregate: 0.7, refined: 0.8, volunteers: null });
  expect(points[1]?.worstTenth).toBeCloseTo(0.4);
});
