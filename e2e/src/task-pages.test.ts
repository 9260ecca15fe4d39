import { readFile } from "node:fs/promises";
import { schemaProblems, TaskDefinition } from "@tributary/protocol";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openTestSite, type TestSite } from "../testing/test-site.ts";

const PATIENCE_MS = 180_000;

let site: TestSite;
beforeAll(async () => {
  site = await openTestSite();
}, PATIENCE_MS);
afterEach(() => expect(site.troubles()).toEqual([]));
afterAll(() => site?.close());

async function logIn(path: string): Promise<Page> {
  const page = await (await site.newProfile()).newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(path);
  await page.getByTestId("token").fill(site.server.token);
  await page.getByTestId("login").click();
  return page;
}

/** Fills fields by their paths. */
async function fill(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, value] of Object.entries(values)) await page.locator(`[id="${path}"]`).fill(value);
}

test(
  "[E43] a task on pictures is made in the form, exported, imported with a change as version 2, and chosen for a run without data",
  async () => {
    const page = await logIn("/admin/tasks/new");
    await fill(page, { id: "pets", "texts.title": "Pets", "texts.purpose": "Tells pets apart." });
    await fill(page, { "texts.asker": "A shelter", classes: "Cat" });
    await page.getByTestId("save-task").click();
    await page.locator('[id="classes"][aria-invalid="true"]').waitFor();
    await fill(page, { classes: "Cat\nDog\nOwl" });
    await page.getByTestId("save-task").click();
    await page.getByRole("heading", { level: 1, name: "Pets" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/admin/tasks/pets");

    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByTestId("export-1").click(),
    ]);
    const exported: unknown = JSON.parse(await readFile(await download.path(), "utf8"));
    expect(schemaProblems(TaskDefinition, exported)).toEqual([]);
    const changed = { ...(exported as object), classes: ["Cat", "Dog", "Owl", "Fox"] };
    await page.goto("/admin/tasks");
    const asFile = (value: object) => ({
      name: "pets.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify(value)),
    });
    await page.getByTestId("import-task").setInputFiles(asFile({ ...changed, classes: 4 }));
    await page.getByText("/classes must be").waitFor();
    await page.getByTestId("import-task").setInputFiles(asFile(changed));
    await page.getByTestId("export-2").waitFor();

    await page.goto("/admin/new");
    await page.locator('select[id="task.id"]').selectOption("pets");
    expect(await page.locator('[id="task.version"]').inputValue()).toBe("2");
    await fill(page, { name: "Pets together" });
    await page.locator('[id="plan.sample"]').uncheck();
    await page.getByTestId("create-run").click();
    await page.waitForURL("**/admin/runs/pets-together");
    const { plan } = (await site.api.detail("pets-together")).summary;
    expect([plan.task.id, plan.task.version, plan.sample]).toEqual(["pets", 2, null]);
    await page.close();
  },
  PATIENCE_MS,
);

test(
  "[E42] a sample CSV fills a task on rows, and nothing of the file is sent",
  async () => {
    const page = await logIn("/admin/tasks/new");
    await page.getByTestId("save-task").waitFor();
    const sent: string[] = [];
    page.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
    await page.locator('[id="kind"]').selectOption("table-classification");
    const rows = Array.from(
      { length: 50 },
      (_, at) => `${20 + at};${at % 2 ? "a" : "b"};${at % 4 ? 0 : 1};secret-${at}`,
    );
    await page.getByTestId("sample-file").setInputFiles({
      ...{ name: "confidential.csv", mimeType: "text/csv" },
      buffer: Buffer.from(["age;sector;bad;note", ...rows].join("\n")),
    });
    await page.getByTestId("sample-target").selectOption("bad");
    await page.getByText("Free text, not used: note").waitFor();
    await fill(page, { id: "loans-here", "texts.title": "Loans", "texts.purpose": "Finds bad loans." });
    await fill(page, { "texts.asker": "A bank" });
    await page.getByTestId("save-task").click();
    await page.getByRole("heading", { level: 1, name: "Loans" }).waitFor();
    expect(sent.some((request) => request.includes("loans-here"))).toBe(true);
    expect(sent.filter((request) => /secret-|confidential/.test(request))).toEqual([]);
    await page.close();
  },
  PATIENCE_MS,
);
