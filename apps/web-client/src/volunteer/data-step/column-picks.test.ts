import { expect, test } from "vitest";
import { choicesOf, picksOf } from "./column-picks.ts";

test("[E37] columns that are decided stand, undecided ones are open, and a column called none is no missing one", () => {
  const picks = picksOf({
    header: ["Income", "none"],
    undecided: [{ column: "age", suggestions: ["Income"] }],
    mapping: [
      { column: "income", at: 0 },
      { column: "sector", at: 1 },
      { column: "town", at: null },
    ],
  });
  expect(picks).toEqual({ income: "is Income", sector: "is none", town: "none", age: "" });
  expect(choicesOf(picks)).toEqual({ income: "Income", sector: "none", town: null });
  expect(choicesOf({ ...picks, age: "is Income" })).toMatchObject({ age: "Income" });
});
