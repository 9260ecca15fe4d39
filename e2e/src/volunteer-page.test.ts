import { gzipSync } from "node:zlib";
import { decodeClientMemory } from "@tributary/volunteer";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  openTestSite,
  type TestSite,
  tinyPlan,
  untilNumber,
  untilRun,
  untilStatus,
} from "../testing/test-site.ts";

const FIRST_LOAD_BYTES = 250_000;
const PATIENCE_MS = 180_000;
const RELOADS = 5;

let site: TestSite;
beforeAll(async () => {
  site = await openTestSite();
}, PATIENCE_MS);
afterEach(() => expect(site.troubles()).toEqual([]));
afterAll(() => site?.close());

async function startTraining(run: string, shard: number): Promise<Page> {
  const page = await (await site.newProfile()).newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`/?run=${run}&shard=${shard}`);
  await page.getByTestId("start").click();
  return page;
}

describe("the volunteer page", () => {
  test(
    "[E6] a volunteer who presses Start trains and contributes rounds",
    async () => {
      const run = await site.startRun("press start", tinyPlan());
      const page = await startTraining(run, 2);
      await untilNumber(page, "rounds-contributed", 2);
      expect(await page.getByTestId("backend").getAttribute("data-backend")).toMatch(
        /^(webgpu|webgl|wasm|cpu)$/,
      );
      // An update counts for the page once it is stored; its round is averaged after that.
      const aggregated = (rounds: readonly { readonly outcome: string | null }[]) =>
        rounds.filter(({ outcome }) => outcome === "aggregated").length;
      await untilRun(site.api, run, ({ rounds }) => aggregated(rounds) >= 2);
      const { volunteers } = await site.api.detail(run);
      expect(volunteers).toHaveLength(1);
      expect(volunteers[0]?.connected).toBe(true);
      await page.close();
    },
    PATIENCE_MS,
  );

  test(
    "[E7] Pause leaves the rounds to others, Resume comes back, Stop leaves for good",
    async () => {
      const run = await site.startRun("pause", tinyPlan());
      const page = await startTraining(run, 0);
      await untilNumber(page, "rounds-contributed", 1);

      await page.getByTestId("pause").click();
      await untilStatus(page, "paused");
      await untilRun(site.api, run, ({ volunteers }) => volunteers.every(({ available }) => !available));
      const before = Number(await page.getByTestId("rounds-contributed").textContent());

      await page.getByTestId("pause").click();
      await untilNumber(page, "rounds-contributed", before + 1);

      await page.getByTestId("stop").click();
      await untilStatus(page, "stopped");
      await untilRun(site.api, run, ({ volunteers }) => volunteers.every(({ connected }) => !connected));
      await page.close();
    },
    PATIENCE_MS,
  );

  test(
    "[E8] after a reload the same volunteer goes on with one press",
    async () => {
      const run = await site.startRun("reload", tinyPlan());
      const page = await startTraining(run, 1);
      await untilNumber(page, "rounds-contributed", 1);
      const [first] = (await site.api.detail(run)).volunteers;

      await page.reload();
      await page.getByTestId("go-on").click();
      const reported = first?.roundsReported ?? 0;
      const after = await untilRun(
        site.api,
        run,
        ({ volunteers }) => (volunteers[0]?.roundsReported ?? 0) >= reported + 2,
      );
      expect(after.volunteers.map(({ volunteer }) => volunteer)).toEqual([first?.volunteer]);
      await page.close();
    },
    PATIENCE_MS,
  );

  test(
    "[E9] after 20 rounds a page holds exactly as many tensors as after its first",
    async () => {
      const run = await site.startRun("tensors", tinyPlan({ rounds: 20 }));
      const page = await (await site.newProfile()).newPage();
      // Every count that the page ever shows, in order: rounds pass faster than a test can look.
      await page.addInitScript(() => {
        const seen: string[] = [];
        Object.assign(globalThis, { seenTensors: seen });
        new MutationObserver(() => {
          const count = document.getElementById("root")?.dataset.tensors;
          if (count !== undefined && seen.at(-1) !== count) seen.push(count);
        }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-tensors"] });
      });
      await page.goto(`/?run=${run}&shard=0&autostart=1`);
      await untilNumber(page, "rounds-contributed", 20);
      const seen = await page.evaluate<string[]>("seenTensors");
      expect(seen).toHaveLength(1);
      expect(Number(seen[0])).toBeGreaterThanOrEqual(0);
      await page.close();
    },
    PATIENCE_MS,
  );

  test(
    "[E18] under SCAFFOLD a page keeps its control variate over reloads: alone, it stays the server's",
    async () => {
      const strategy = { kind: "scaffold", serverRate: 1, population: 1 } as const;
      const run = await site.startRun("scaffold", tinyPlan({ strategy }));
      const page = await startTraining(run, 1);
      for (let reload = 0; reload < RELOADS; reload++) {
        await untilNumber(page, "rounds-contributed", 2);
        await page.reload();
        await page.getByTestId("go-on").click();
      }
      await untilNumber(page, "rounds-contributed", 3);
      await page.getByTestId("pause").click();
      await untilStatus(page, "paused");

      const ofServer = async () => floatsOf(await site.api.exportFile(run, "strategy-state/control.bin"));
      const apart = async () => distance(await keptControl(page, run), await ofServer());
      await expect.poll(apart, { timeout: 20_000 }).toBeLessThan(1e-4);
      expect(Math.hypot(...(await ofServer()))).toBeGreaterThan(1e-2);
      await page.close();
    },
    PATIENCE_MS,
  );

  test("[E10] the first load of the page is below 250 kB with gzip", async () => {
    const page = await (await site.newProfile()).newPage();
    const sizes = new Map<string, number>();
    const pending: Promise<unknown>[] = [];
    page.on("response", (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.startsWith("/api/")) return;
      pending.push(response.body().then((body) => sizes.set(pathname, gzipSync(body).length)));
    });
    await page.goto("/", { waitUntil: "networkidle" });
    await Promise.all(pending);
    const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
    expect(sizes.size).toBeGreaterThan(2);
    expect(total, JSON.stringify([...sizes])).toBeLessThan(FIRST_LOAD_BYTES);
    await page.close();
  });
});

/** c_i as the page keeps it: with its newest control delta, once that is committed, for the round after it was taken. */
async function keptControl(page: Page, run: string): Promise<Float32Array> {
  const stored = await page.evaluate(
    (suffix) =>
      new Promise<number[]>((resolve, reject) => {
        const opening = indexedDB.open("tributary");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const store = opening.result.transaction("session").objectStore("session");
          const reading = store.openCursor();
          reading.onerror = () => reject(reading.error);
          reading.onsuccess = () => {
            const cursor = reading.result;
            if (cursor === null) resolve([]);
            else if (String(cursor.key).endsWith(suffix)) resolve([...(cursor.value as Uint8Array)]);
            else cursor.continue();
          };
        };
      }),
    `${run}/memory`,
  );
  const memory = decodeClientMemory(Uint8Array.from(stored));
  if (memory === null) throw new Error(`expected a client's memory, got ${stored.length} bytes`);
  const { control, pending } = memory;
  const delta = pending?.committed ? pending.delta : null;
  return (delta ?? control ?? new Float32Array()).map((_, at) => (control?.[at] ?? 0) + (delta?.[at] ?? 0));
}

function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

function distance(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new Error(`expected ${b.length} values, got ${a.length}`);
  return Math.hypot(...a.map((value, at) => value - (b[at] ?? 0)));
}
