import type { Measurement } from "@tributary/protocol";
import { expect, test } from "vitest";
import { federatedHeadline } from "./federated.ts";

const right = (examples: number, accuracy: number, auc: number | null = null): Measurement => ({
  ...{ kind: "classification", examples, loss: 1 - accuracy, accuracy, balancedAccuracy: accuracy, auc },
  recall: [accuracy, accuracy],
});

test("[M20] the volunteers' figure is weighted by examples, with its spread and its worst tenth", () => {
  const figure = federatedHeadline([right(10, 0.5), right(30, 0.9)], "accuracy");
  expect(figure?.mean).toBeCloseTo(0.8, 12);
  expect(figure?.spread).toBeCloseTo(0.2, 12);
  expect(figure?.worstTenth).toBe(0.5);
  expect(figure?.loss).toBeCloseTo(0.2, 12);
  expect(figure?.examples).toBe(40);
  const twenty = Array.from({ length: 20 }, (_, at) => right(5, (at + 1) / 20));
  expect(federatedHeadline(twenty, "accuracy")?.worstTenth).toBeCloseTo(0.075, 12);
});

test("[M20] volunteers without a figure count for the loss alone, and nobody's evaluation is no figure", () => {
  expect(federatedHeadline([], "accuracy")).toBeNull();
  expect(federatedHeadline([right(4, 0.5), right(4, 0.5, 0.75)], "auc")).toMatchObject({
    mean: 0.75,
    loss: 0.5,
  });
  expect(federatedHeadline([right(4, 0.5)], "auc")).toMatchObject({ mean: null, spread: null, loss: 0.5 });
});

test("[M20] errors are put together by their squares, and the worst are the largest", () => {
  const error = (examples: number, rmse: number): Measurement => ({
    ...{ kind: "regression", examples, loss: rmse ** 2 / 2, rmse, r2: null },
  });
  const figure = federatedHeadline([error(1, 1), error(3, 3)], "rmse");
  expect(figure?.mean).toBeCloseTo(Math.sqrt(7), 12);
  expect(figure?.worstTenth).toBe(3);
});
