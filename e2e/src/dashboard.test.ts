import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openTestSite, type TestSite, tinyPlan, untilRun } from "../testing/test-site.ts";

const PATIENCE_MS = 180_000;

let site: TestSite;
beforeAll(async () => {
  site = await openTestSite();
}, PATIENCE_MS);
afterEach(() => expect(site.troubles()).toEqual([]));
afterAll(() => site?.close());

async function logIn(path: string): Promise<Page> {
  const page = await (await site.newProfile()).newPage();
  await page.goto(path);
  await page.getByTestId("token").fill(site.server.token);
  await page.getByTestId("login").click();
  return page;
}

async function press(page: Page, action: "start" | "pause" | "stop"): Promise<void> {
  await page.getByTestId(`run-${action}`).click();
  await page.getByTestId(`run-${action}-confirm`).click();
}

function state(page: Page, name: string) {
  return page.locator(`[data-testid="run-state"][data-state="${name}"]`).first();
}

describe("the dashboard", () => {
  test(
    "[E11] only the admin token opens it",
    async () => {
      const page = await (await site.newProfile()).newPage();
      await page.goto("/admin");
      await page.getByTestId("token").fill("not the token");
      await page.getByTestId("login").click();
      await page.getByRole("alert").waitFor();
      expect(await page.getByTestId("new-run").count()).toBe(0);

      await page.getByTestId("token").fill(site.server.token);
      await page.getByTestId("login").click();
      await page.getByTestId("new-run").waitFor();
      await page.reload();
      await page.getByTestId("new-run").waitFor();
      await page.close();
    },
    PATIENCE_MS,
  );

  test(
    "[E12] an operator creates a run from the form, starts it, pauses it and stops it",
    async () => {
      const page = await logIn("/admin/new");
      await page.locator('[id="name"]').fill("From the form");
      await page.locator('[id="plan.rounds"]').fill("0");
      await page.getByTestId("create-run").click();
      await page.locator('[id="plan.rounds"][aria-invalid="true"]').waitFor();

      await page.locator('[id="plan.rounds"]').fill("30");
      await page.locator('[id="plan.strategy.kind"]').selectOption("fedprox");
      await page.locator('[id="plan.strategy.mu"]').fill("0.5");
      await page.locator('[id="plan.dynafed"]').uncheck();
      expect(await page.locator('[id="plan.dynafed.snapshots"]').count()).toBe(0);
      await page.getByTestId("create-run").click();
      await state(page, "paused").or(state(page, "waiting")).waitFor();
      expect(new URL(page.url()).pathname).toBe("/admin/runs/from-the-form");

      await press(page, "start");
      await state(page, "waiting").waitFor();
      await press(page, "pause");
      await state(page, "paused").waitFor();
      await press(page, "stop");
      await state(page, "stopped").waitFor();
      const { summary } = await site.api.detail("from-the-form");
      expect(summary.activity.state).toBe("stopped");
      expect(summary.plan).toMatchObject({
        rounds: 30,
        strategy: { kind: "fedprox", mu: 0.5 },
        dynafed: null,
      });
      expect(await page.getByTestId("run-strategy").textContent()).toBe("FedProx");
      await page.close();
    },
    PATIENCE_MS,
  );

  test(
    "[E13] the page of a run follows its rounds without a reload, and offers its exports",
    async () => {
      const run = await site.startRun("followed", tinyPlan({ rounds: 4 }));
      const page = await logIn(`/admin/runs/${run}`);
      await state(page, "waiting").waitFor();
      const volunteer = await (await site.newProfile()).newPage();
      await volunteer.goto(`/?run=${run}&shard=3&autostart=1`);
      await state(page, "finished").waitFor({ timeout: PATIENCE_MS });
      await page.getByText("aggregated").nth(3).waitFor();
      await untilRun(site.api, run, ({ rounds }) => rounds.every((row) => row.accuracyAggregate !== null));

      const link = page.getByTestId("exports").getByRole("link").filter({ hasText: "rounds.csv" });
      const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
      expect(download.suggestedFilename()).toContain("rounds.csv");
      await volunteer.close();
      await page.close();
    },
    PATIENCE_MS,
  );
});
