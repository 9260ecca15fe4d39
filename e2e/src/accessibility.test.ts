import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestSite, type TestSite, tinyPlan, untilNumber } from "../testing/test-site.ts";

const PATIENCE_MS = 180_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let site: TestSite;
let run: string;
beforeAll(async () => {
  site = await openTestSite();
  run = await site.startRun("accessible", tinyPlan());
}, PATIENCE_MS);
afterAll(() => site?.close());

/** Colours are measured at rest: the profiles ask for reduced motion, so that no transition is under way. */
const AT_REST = { reducedMotion: "reduce" } as const;

/** Violations that axe calls serious or critical, as `rule: element`. */
async function seriousViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

for (const colorScheme of ["light", "dark"] as const) {
  describe(`in ${colorScheme}`, () => {
    test(
      "[E14] the volunteer page has no serious accessibility violation, before the start and at work",
      async () => {
        const page = await (await site.newProfile({ colorScheme, ...AT_REST })).newPage();
        await page.goto(`/?run=${run}&shard=0`);
        await page.getByTestId("preview").waitFor();
        expect(await seriousViolations(page)).toEqual([]);
        await page.getByTestId("start").click();
        await untilNumber(page, "rounds-contributed", 1);
        await page.getByTestId("pause").click();
        expect(await seriousViolations(page)).toEqual([]);
        await page.close();
      },
      PATIENCE_MS,
    );

    test(
      "[E14] no page of the dashboard has a serious accessibility violation",
      async () => {
        const page = await (await site.newProfile({ colorScheme, ...AT_REST })).newPage();
        await page.goto("/admin");
        await page.getByTestId("token").waitFor();
        expect(await seriousViolations(page)).toEqual([]);
        await page.getByTestId("token").fill(site.server.token);
        await page.getByTestId("login").click();
        for (const [path, sign] of [
          ["/admin", "new-run"],
          ["/admin/new", "create-run"],
          ["/admin/tasks", "new-task"],
          ["/admin/tasks/new", "save-task"],
          ["/admin/tasks/fashion-mnist", "new-version"],
          [`/admin/runs/${run}`, "rounds-completed"],
        ] as const) {
          await page.getByTestId("login").waitFor({ state: "detached" });
          await page.goto(path);
          await page.getByTestId(sign).waitFor();
          expect(await seriousViolations(page), path).toEqual([]);
        }
        await page.close();
      },
      PATIENCE_MS,
    );
  });
}
