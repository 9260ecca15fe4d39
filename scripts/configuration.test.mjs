import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { computeVariables } from "../apps/compute/src/config.ts";
import { serverVariables } from "../apps/server/src/config.ts";
import { readEnvironment } from "../packages/platform/src/environment.ts";
import { configurationPage, PAGE } from "./write-configuration.mjs";

test("[H35] docs/configuration.md is what the programs' variables print", async () => {
  expect(readFileSync(PAGE, "utf8"), "run: npm run setup && node scripts/write-configuration.mjs").toBe(
    await configurationPage("src"),
  );
});

test("[H35] every example is a value that its program takes", () => {
  for (const variables of [serverVariables, computeVariables]) {
    const examples = Object.entries(variables).map(([name, { example }]) => [name, example]);
    expect(readEnvironment(variables, Object.fromEntries(examples))).toMatchObject({ ok: true });
  }
});
