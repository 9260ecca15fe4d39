/** The demo's volunteers: pages of one headless Chromium, each with its own storage and its own shard. */
import type { Browser } from "playwright-core";
import { launchBrowser } from "../browser.ts";

export type VolunteerPages = {
  /** Name and version. */
  readonly browser: string;
  /** Rejects when a page, or the browser, is gone. */
  readonly died: Promise<never>;
  close(): Promise<void>;
};

/** Opens `count` pages. Rejects, with the browser closed, if one cannot be opened. */
export async function openVolunteerPages(url: string, run: string, count: number): Promise<VolunteerPages> {
  const browser = await launchBrowser();
  let closing = false;
  let reportDeath: (error: Error) => void = () => undefined;
  const died = new Promise<never>((_, reject) => {
    reportDeath = (error) => {
      if (!closing) reject(error);
    };
  });
  died.catch(() => undefined);
  browser.on("disconnected", () => reportDeath(new Error("Chromium ended by itself")));
  try {
    await Promise.all(
      Array.from({ length: count }, (_, shard) => openPage(browser, url, run, shard, reportDeath)),
    );
  } catch (error) {
    closing = true;
    await browser.close();
    throw error;
  }
  return {
    browser: `Chromium ${browser.version()}`,
    died,
    async close() {
      closing = true;
      await browser.close();
    },
  };
}

async function openPage(
  browser: Browser,
  url: string,
  run: string,
  shard: number,
  reportDeath: (error: Error) => void,
): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on("crash", () => reportDeath(new Error(`the page with shard ${shard} crashed`)));
  page.on("close", () => reportDeath(new Error(`the page with shard ${shard} was closed`)));
  page.on("pageerror", (error) =>
    reportDeath(new Error(`the page with shard ${shard} threw: ${error.message}`)),
  );
  await page.goto(`${url}/?run=${run}&shard=${shard}&autostart=1`);
}
