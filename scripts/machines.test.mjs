import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { machinesPage, PAGE } from "./write-machines.mjs";

test("[C20] docs/machines.md is what the transition tables print", async () => {
  expect(readFileSync(PAGE, "utf8"), "run: npm run setup && node scripts/write-machines.mjs").toBe(
    await machinesPage("src"),
  );
});
