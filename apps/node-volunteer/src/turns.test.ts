import { expect, test } from "vitest";
import { createTurns } from "./turns.ts";

test("[V39] trainings of one process run one after the other, in order, past one that failed", async () => {
  const turns = createTurns();
  const log: string[] = [];
  const work = (name: string) => async () => {
    log.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    log.push(`${name} ends`);
    if (name === "b") throw new Error("b failed");
  };
  const done = ["a", "b", "c"].map((name) => turns.take(work(name)));
  await expect(done[1]).rejects.toThrow("b failed");
  await done[2];
  expect(log).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});
