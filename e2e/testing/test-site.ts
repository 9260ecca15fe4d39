/** For browser tests: the real server, the real pages, a real Chromium. */

import { until } from "@tributary/platform/testing";
import { type Plan, type RunDetail, smallPlan } from "@tributary/protocol";
import { taskOfNetwork } from "@tributary/protocol/testing";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { type AdminApi, adminApi } from "../src/admin-api.ts";
import { launchBrowser } from "../src/browser.ts";
import { type ServerProcess, startServer } from "../src/server-process.ts";

export type TestSite = {
  readonly server: ServerProcess;
  readonly api: AdminApi;
  /** Creates a run and starts it; returns its id. */
  startRun(name: string, plan: Plan): Promise<string>;
  /** A fresh browser profile. Anything that its pages throw or refuse to load is kept in `troubles`. */
  newProfile(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** What went wrong inside pages since the last call. */
  troubles(): readonly string[];
  close(): Promise<void>;
};

/** Answers that a test asks for on purpose: a wrong token or form, a server that is down. */
const EXPECTED_TROUBLE =
  /the server responded with a status of (400|401|409|503)|ERR_CONNECTION_|WebSocket connection/;

export async function openTestSite(): Promise<TestSite> {
  const server = await startServer({ LOG_LEVEL: "warn" });
  const browser: Browser = await launchBrowser().catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  const api = adminApi(server.url, server.token);
  let troubles: string[] = [];
  return {
    server,
    api,
    async startRun(name, plan) {
      const { id: run } = await api.createRun(name, plan);
      await api.act(run, "start");
      return run;
    },
    async newProfile(options = {}) {
      const profile = await browser.newContext({ baseURL: server.url, ...options });
      profile.on("weberror", (error) => troubles.push(error.error().message));
      profile.on("console", (message) => {
        if (message.type() === "error" && !EXPECTED_TROUBLE.test(message.text()))
          troubles.push(message.text());
      });
      return profile;
    },
    troubles() {
      const found = troubles;
      troubles = [];
      return found;
    },
    async close() {
      await browser.close();
      await server.stop();
    },
  };
}

/** A multilayer perceptron on few images: a round takes a fraction of a second. */
export function tinyPlan(changes: Partial<Plan> = {}): Plan {
  return {
    ...smallPlan,
    task: taskOfNetwork({ kind: "mlp", input: [28, 28, 1], outputs: 10, loss: "cross-entropy", hidden: [8] }),
    rounds: 1000,
    cohort: { minimum: 1, size: 8, quorum: 1, deadlineMs: 120_000 },
    dynafed: null,
    sample: { dataset: "fashion-mnist", train: 200, test: 100, shards: 4, alpha: 0.5 },
    ...changes,
  };
}

/** Below the tests' own limits, so that a failure tells what was waited for. */
const PATIENT = { timeoutMs: 100_000 };

/** Asks for the run until `holds` is true of it. @throws {Error} that shows the run as it was last */
export function untilRun(
  api: AdminApi,
  run: string,
  holds: (detail: RunDetail) => boolean,
): Promise<RunDetail> {
  return until(`run ${run} to fit ${holds}`, () => api.detail(run), { ...PATIENT, holds });
}

/** Waits until the number shown at `testId` is at least `least`. @throws {Error} that shows the page's text */
export async function untilNumber(page: Page, testId: string, least: number): Promise<void> {
  const place = page.getByTestId(testId);
  const look = async () => {
    const text = (await place.count()) > 0 ? ((await place.textContent()) ?? "") : "";
    return { text, page: (await page.locator("main").textContent()) ?? "" };
  };
  const holds = ({ text }: { text: string }) => text !== "" && Number(text.replace(/\D/g, "")) >= least;
  await until(`${testId} to be at least ${least}`, look, { ...PATIENT, holds });
}

/** Waits until the page's status line is one of `statuses`. */
export async function untilStatus(page: Page, ...statuses: readonly string[]): Promise<void> {
  const selectors = statuses.map((status) => `[data-testid="status"][data-status="${status}"]`);
  await page.locator(selectors.join(", ")).first().waitFor();
}
