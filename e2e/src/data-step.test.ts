import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fashionMnistTask, type Task } from "@tributary/protocol";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { REPOSITORY } from "../src/server-process.ts";
import { openTestSite, type TestSite, tinyPlan, untilNumber } from "../testing/test-site.ts";

const PATIENCE_MS = 180_000;
const PICTURES = join(REPOSITORY, "packages/datasets/fixtures/pictures/made");

let site: TestSite;
let folder: string;
beforeAll(async () => {
  site = await openTestSite();
  folder = await mkdtemp(join(tmpdir(), "tributary-pictures-"));
}, PATIENCE_MS);
afterEach(() => expect(site.troubles()).toEqual([]));
afterAll(async () => {
  await site?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

/** A run without any data on the server. */
function startRun(name: string, task: Task): Promise<string> {
  return site.startRun(name, tinyPlan({ sample: null, task }));
}

function pictureTask(id: string, classes: readonly string[]): Task {
  const network = { kind: "mlp", hidden: [8] } as const;
  return { ...fashionMnistTask, id, network: { ...network, hidden: [8] }, classes: [...classes] };
}

const scale = { mean: 40, std: 10 };
const loans: Task = {
  kind: "table-classification",
  ...{ id: "loans", version: 1, texts: { ...fashionMnistTask.texts, title: "Loans" }, missingTexts: [] },
  columns: [
    { type: "number", name: "age", unit: "", range: null, transform: "none", missing: "refuse", scale },
    { type: "category", name: "sector", categories: ["private", "public"], other: false, missing: "refuse" },
  ],
  target: {
    column: "outcome",
    classes: [
      { name: "good", values: ["0"] },
      { name: "bad", values: ["1"] },
    ],
  },
  network: { kind: "mlp", hidden: [8] },
  evaluation: { holdOut: 0.2, headline: "auc" },
};

/** Copies a picture to each of these places below a folder. */
async function pictures(name: string, places: readonly string[]): Promise<string> {
  const root = join(folder, name);
  for (const place of places) {
    await mkdir(dirname(join(root, place)), { recursive: true });
    await cp(join(PICTURES, "rgb8.png"), join(root, place));
  }
  return root;
}

async function openPage(run: string): Promise<Page> {
  const page = await (await site.newProfile()).newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`/?run=${run}`);
  return page;
}

const countOf = (page: Page, name: string) =>
  page.locator(`[data-class="${name}"]`).getAttribute("data-count");

/** Waits until so many pictures or rows are read. */
async function untilCount(page: Page, count: number): Promise<void> {
  await page.locator(`[data-testid="counts"][data-count="${count}"]`).waitFor();
}

test(
  "[E37] folders that are not named like a class are mapped by the volunteer, and nothing of them is used before",
  async () => {
    const run = await startRun("mapped", pictureTask("pets", ["Cat", "Dog", "Owl"]));
    const root = await pictures("pets", [
      ...["cat/1.png", "cat/2.png", "cat/Thumbs.db", "dogs/1.png", "dogs/2.png", "dogs/3.png", "misc/1.png"],
    ]);
    await writeFile(join(root, "cat/cut.png"), "no picture at all");
    const page = await openPage(run);
    await page.getByTestId("folder").setInputFiles(root);
    await untilCount(page, 2);
    expect(await page.getByTestId("undecided").getAttribute("data-open")).toBe("2");
    await page.getByLabel("dogs").selectOption({ label: "Dog" });
    await untilCount(page, 5);
    await page.getByLabel("misc").selectOption({ label: "Leave these out" });
    await page.locator('[data-testid="undecided"][data-open="0"]').waitFor();
    expect([await countOf(page, "Cat"), await countOf(page, "Dog"), await countOf(page, "Owl")]).toEqual([
      ...["2", "3", "0"],
    ]);
    const leftOut = (await page.getByTestId("left-out").textContent()) ?? "";
    for (const name of ["cat/cut.png", "cat/Thumbs.db", "misc/1.png"]) expect(leftOut).toContain(name);

    await page.locator('input[name="way"][value="files"]').check({ force: true });
    await page.getByTestId("class-files-2").setInputFiles(join(PICTURES, "grey8.png"));
    await untilCount(page, 6);
    expect(await countOf(page, "Owl")).toBe("1");
    await page.getByTestId("start").click();
    await untilNumber(page, "rounds-contributed", 1);
    await page.close();
  },
  PATIENCE_MS,
);

test(
  "[E36] another run chosen while 500 photos are read ends that reading: the new run has nothing of them",
  async () => {
    const first = await startRun("first", pictureTask("first", ["Cat", "Dog"]));
    const second = await startRun("second", pictureTask("second", ["Dog", "Cat"]));
    const names = Array.from({ length: 250 }, (_, at) => [`cat/${at}.png`, `dog/${at}.png`]).flat();
    const root = await pictures("many", names);
    const page = await openPage(first);
    await page.getByTestId("folder").setInputFiles(root);
    await page.getByTestId("reading").waitFor();
    await page.locator(`input[name="run"][value="${second}"]`).check({ force: true });
    await page.getByTestId("reading").waitFor({ state: "detached" });
    expect(await page.getByTestId("preview").count()).toBe(0);
    expect(await page.getByTestId("start").isDisabled()).toBe(true);

    // The second run reads its own: whatever the first still had on its way would be counted here.
    const few = await pictures("few", ["cat/1.png", "cat/2.png", "dog/1.png"]);
    await page.getByTestId("folder").setInputFiles(few);
    await untilCount(page, 3);
    expect([await countOf(page, "Cat"), await countOf(page, "Dog")]).toEqual(["2", "1"]);
    await page.close();
  },
  PATIENCE_MS,
);

test(
  "[E37] the columns of a CSV file are mapped by the volunteer, an ambiguous number is asked about, and rows train",
  async () => {
    const run = await startRun("loans", loans);
    const rows = Array.from(
      { length: 30 },
      (_, at) => `1.${100 + at};${at % 2 ? "private" : "public"};${at % 3 ? 0 : 1}`,
    );
    const csv = ["Age of the borrower;Sector;result", ...rows, "x;private;0"].join("\n");
    const page = await openPage(run);
    await page
      .getByTestId("table")
      .setInputFiles({ name: "loans.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
    await page.getByTestId("column-question").waitFor();
    expect(await page.getByTestId("use-columns").isDisabled()).toBe(true);
    await page.getByLabel("age").selectOption({ label: "Age of the borrower" });
    await page.getByLabel("outcome").selectOption({ label: "result" });
    await page.getByTestId("use-columns").click();
    await page
      .getByTestId("decimal-question")
      .getByRole("button", { name: /^A point/ })
      .click();
    await untilCount(page, 30);
    expect([await countOf(page, "good"), await countOf(page, "bad")]).toEqual(["20", "10"]);
    expect(Number(await page.getByTestId("counts").getAttribute("data-held"))).toBeGreaterThan(0);
    expect(await page.getByTestId("left-out").textContent()).toContain('line 32: "x"');
    expect(await page.getByTestId("row-preview").textContent()).toContain("sector = private");
    await page.getByTestId("start").click();
    await untilNumber(page, "rounds-contributed", 1);
    await page.close();
  },
  PATIENCE_MS,
);

test(
  "[E40] data are kept only if ticked, offered on the next visit, and Forget everything leaves nothing behind",
  async () => {
    const run = await startRun("kept", pictureTask("kept", ["Cat", "Dog"]));
    const root = await pictures("kept", ["cat/1.png", "dog/1.png", "dog/2.png"]);
    const page = await openPage(run);
    await page.getByTestId("folder").setInputFiles(root);
    await untilCount(page, 3);
    expect(await keptSets(page)).toBe(0);
    await page.getByTestId("keep-data").check();
    await expect.poll(() => keptSets(page), { timeout: 60_000 }).toBe(1);
    await page.getByTestId("start").click();
    await untilNumber(page, "rounds-contributed", 1);

    await page.reload();
    await page.getByTestId("use-kept").click();
    await untilCount(page, 3);
    expect([await countOf(page, "Cat"), await countOf(page, "Dog")]).toEqual(["1", "2"]);

    await page.getByTestId("forget").click();
    await page.getByTestId("forget-confirm").click();
    await page.getByText("Everything is forgotten.").waitFor();
    const left = await page.evaluate(async () => [
      ...(await indexedDB.databases()).map(({ name }) => name),
      ...Object.keys(localStorage),
      ...Object.keys(sessionStorage),
    ]);
    expect(left.filter((name) => name?.startsWith("tributary"))).toEqual([]);
    await page.reload();
    await page.getByTestId("folder").waitFor({ state: "attached" });
    expect(await page.getByTestId("use-kept").count()).toBe(0);
    await page.close();
  },
  PATIENCE_MS,
);

/** How many data sets the browser keeps; looking makes no database. */
function keptSets(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open("tributary-data");
        opening.onupgradeneeded = () => opening.transaction?.abort();
        opening.onerror = () => (opening.error?.name === "AbortError" ? resolve(0) : reject(opening.error));
        opening.onsuccess = () => {
          const database = opening.result;
          const counting = database.transaction("kept").objectStore("kept").count();
          counting.onsuccess = () => resolve(counting.result);
          database.close();
        };
      }),
  );
}
