import { expect, test } from "vitest";
import { until } from "../testing/index.ts";

test("what is not there at the first look is looked for again, an error included, and returned once it is there", async () => {
  const answers = [null, undefined, false, new Error("away"), 0, 7];
  const look = () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  expect(await until("a number", look)).toBe(0);
  expect(await until("a seven", look, { holds: (seen) => seen === 7 })).toBe(7);
});

test("a wait that fails says what it waited for and what it saw last", async () => {
  const timeoutMs = 50;
  await expect(until("five", () => 4, { timeoutMs, holds: (seen) => seen === 5 })).rejects.toThrow(
    "waited 50 ms for five; last saw 4",
  );
  const refused = () => Promise.reject(new Error("connection refused"));
  await expect(until("an answer", refused, { timeoutMs })).rejects.toThrow(
    "waited 50 ms for an answer; the last look threw Error: connection refused",
  );
  await expect(until("an answer", () => new Promise(() => {}), { timeoutMs })).rejects.toThrow(
    "waited 50 ms for an answer; no look was answered",
  );
});
