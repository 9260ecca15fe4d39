import { expect, test } from "vitest";
import { classRules, numberColumn } from "../../testing/tables.ts";
import { columnMapping } from "./column-mapping.ts";

const rules = (...names: readonly string[]) => classRules(names.map((name) => numberColumn(name)));
const placesOf = (header: readonly string[], names: readonly string[], choices = {}) =>
  columnMapping(header, rules(...names), choices).mapping.map(({ at }) => at);

test("[F5] an exact name decides in either Unicode form; a looser one only where it is alone", () => {
  expect(placesOf(["class", "Cafe\u0301 "], ["Caf\u00e9"])).toEqual([1, 0]);
  expect(placesOf(["class", "Body Weight"], ["body_weight"])).toEqual([1, 0]);
  expect(placesOf(["class", "size", "SIZE"], ["size"])).toEqual([1, 0]);
  expect(placesOf(["class", "Size", "SIZE"], ["size"])).toEqual([0]);
  expect(placesOf(["class", "x"], ["X", "x"])).toEqual([1, 0]);
  expect(placesOf(["__proto__", "class"], ["constructor"])).toEqual([1]);
  expect(placesOf(["__proto__", "class"], ["constructor"], { constructor: "__proto__" })).toEqual([0, 1]);
});

test("[F5] a choice that names no column, or one that is taken, is asked again", () => {
  const header = ["class", "a", "b"];
  const undecided = (choices: Record<string, string | null>) =>
    columnMapping(header, rules("size", "weight"), choices).undecided.map(({ column }) => column);
  expect(undecided({ size: "a", weight: "b" })).toEqual([]);
  expect(undecided({ size: "a", weight: "nothing" })).toEqual(["weight"]);
  expect(undecided({ size: "a", weight: "a" })).toEqual(["size", "weight"]);
  expect(undecided({ size: "class", weight: "b" })).toEqual(["size", "class"]);
  expect(undecided({ size: null, weight: "b" })).toEqual(["size"]);
});
