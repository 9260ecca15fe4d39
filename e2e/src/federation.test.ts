/** Federations without any data on the server: volunteers bring their own, in real browsers, and nothing of it leaves. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRng } from "@tributary/model";
import {
  fashionMnistTask,
  type ImageTask,
  needsFigures,
  type Plan,
  type RunDetail,
  type TableTask,
  type Task,
} from "@tributary/protocol";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openRecordingProxy, type RecordingProxy } from "../testing/recording-proxy.ts";
import { type PhotoFolder, SHAPES, type Shape, writePhotos } from "../testing/shape-photos.ts";
import { openTestSite, type TestSite, tinyPlan, untilRun, untilStatus } from "../testing/test-site.ts";
import { found, type Trace, tracesOfBytes, tracesOfText } from "../testing/traces.ts";

const PATIENCE_MS = 300_000;
const VOLUNTEERS = 3;
const ROUNDS = 10;

let site: TestSite;
let proxy: RecordingProxy;
let folder: string;
beforeAll(async () => {
  site = await openTestSite();
  proxy = await openRecordingProxy(site.server.url);
  folder = await mkdtemp(join(tmpdir(), "tributary-own-"));
}, PATIENCE_MS);
afterEach(() => expect(site.troubles()).toEqual([]));
afterAll(async () => {
  await proxy?.close();
  await site?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

const shapes: ImageTask = {
  ...fashionMnistTask,
  id: "shapes",
  texts: { ...fashionMnistTask.texts, title: "Shapes" },
  image: [16, 16, 3],
  scale: { mean: [0.3, 0.3, 0.3], std: [0.25, 0.25, 0.25] },
  classes: [...SHAPES],
  network: { kind: "mlp", hidden: [32] },
  evaluation: { holdOut: 0.25, headline: "accuracy" },
};

/** Few examples a volunteer: many small steps. */
const local: Plan["local"] = {
  ...{ epochs: 4, batchSize: 8, keepOptimizerState: true },
  optimizer: { kind: "adam", learningRate: 5e-3 },
};

function startRun(name: string, task: Task): Promise<string> {
  return site.startRun(name, ownDataPlan(task));
}

function ownDataPlan(task: Task): Plan {
  return tinyPlan({
    ...{ sample: null, task, rounds: ROUNDS, local },
    cohort: { minimum: VOLUNTEERS, size: VOLUNTEERS, quorum: VOLUNTEERS, deadlineMs: 120_000 },
  });
}

async function openPage(run: string): Promise<Page> {
  const page = await (await site.newProfile({ baseURL: proxy.url })).newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`/?run=${run}`);
  return page;
}

/** Waits for the end of the run; returns its rounds in order, each with the federated figure. */
async function untilFinished(run: string): Promise<RunDetail["rounds"]> {
  const isOver = ({ summary }: RunDetail) => summary.activity.state === "finished";
  const { rounds } = await untilRun(site.api, run, isOver);
  return rounds.toSorted((a, b) => a.round - b.round);
}

/** Accuracy of the initial model and of the last one that the volunteers measured. */
function accuracies(rounds: RunDetail["rounds"]): readonly [first: number, last: number] {
  const values = rounds.map(({ federated }) =>
    federated?.mean.kind === "classification" ? federated.mean.accuracy : Number.NaN,
  );
  return [values[0] ?? Number.NaN, values.at(-1) ?? Number.NaN];
}

/** Every form in which a photo could leave: the file's bytes, its pixels, and the network's input. */
async function tracesOfPhotos({ path, photos }: PhotoFolder, file: string): Promise<readonly Trace[]> {
  const bytes = await readFile(join(path, file));
  const pixels = photos[0] ?? new Uint8Array();
  const input = Float32Array.from(pixels, (pixel) => pixel * (1 / (255 * 0.25)) - 0.3 / 0.25);
  return [
    ...tracesOfBytes("a photo's file", bytes.subarray(60, 92)),
    ...tracesOfBytes("a photo's pixels", pixels.subarray(100, 124)),
    ...tracesOfBytes("a network's input", new Uint8Array(input.buffer).subarray(400, 424)),
  ];
}

test(
  "[E44] three volunteers with photos of their own train a model whose federated accuracy rises, and nothing of the photos leaves",
  async () => {
    const run = await startRun("shapes", shapes);
    const mixtures: readonly Readonly<Record<Shape, number>>[] = [
      { Disc: 24, Cross: 24, Stripes: 2 },
      { Disc: 2, Cross: 24, Stripes: 24 },
      { Disc: 24, Cross: 2, Stripes: 24 },
    ];
    const folders: PhotoFolder[] = [];
    for (const [at, counts] of mixtures.entries()) {
      const folderOf = (shape: Shape) =>
        shape === "Disc" ? "Grandmothers kitchen 4711" : shape.toLowerCase();
      const names = { folderOf, file: `passport-scan-${at}`, seed: 50 + at };
      folders.push(await writePhotos(join(folder, `photos ${at}`), counts, names));
    }
    const pages: Page[] = [];
    for (const { path } of folders) {
      const page = await openPage(run);
      await page.getByTestId("folder").setInputFiles(path);
      await page.getByLabel("Grandmothers kitchen 4711").selectOption({ label: "Disc" });
      await page.locator('[data-testid="counts"][data-count="50"]').waitFor();
      await page.getByTestId("start").click();
      pages.push(page);
    }
    const rounds = await untilFinished(run);
    const [first, last] = accuracies(rounds);
    expect(rounds.every(({ federated }) => federated?.volunteers === VOLUNTEERS)).toBe(true);
    expect(last).toBeGreaterThan(Math.max(0.8, first + 0.2));
    for (const page of pages) await page.close();

    const traces = [
      ...tracesOfText("a folder's name", "Grandmothers kitchen"),
      ...tracesOfText("a file's name", "passport-scan"),
      ...(await tracesOfPhotos(folders[0] as PhotoFolder, "Grandmothers kitchen 4711/passport-scan-0-0.png")),
    ];
    expect(found(traces, proxy.sent())).toEqual([]);
    // What is sent on purpose is seen: the recording reads requests and frames.
    expect(found(tracesOfText("the run", run), proxy.sent())).toContain("the run as UTF-8");
    expect(found(tracesOfText("the offer", "update-offered"), proxy.sent())).toContain("the offer as UTF-8");
  },
  PATIENCE_MS,
);

const scale = { mean: 0, std: 1 };
const visits: TableTask = {
  kind: "table-classification",
  ...{
    id: "visits",
    version: 1,
    texts: { ...fashionMnistTask.texts, title: "Visits" },
    missingTexts: ["NA"],
  },
  columns: [
    { type: "number", name: "dose", unit: "mg", range: null, transform: "none", missing: "mean", scale },
    { type: "number", name: "response", unit: "", range: null, transform: "none", missing: "flag", scale },
    { type: "category", name: "ward", categories: ["north", "south"], other: true, missing: "other" },
  ],
  target: {
    column: "outcome",
    classes: [
      { name: "better", values: ["1"] },
      { name: "worse", values: ["0"] },
    ],
  },
  network: { kind: "mlp", hidden: [16] },
  evaluation: { holdOut: 0.25, headline: "auc" },
};

/** A site's table: other wards, other separators, a column that nobody asked for. */
function siteTable(site: number): string {
  const rng = createRng(site);
  const [separator, comma] = site === 1 ? [";", ","] : [",", "."];
  const number = (value: number) => value.toFixed(9).replace(".", comma as string);
  const rows = Array.from({ length: 120 }, (_, at) => {
    const [dose, response] = [rng.normal(), rng.normal()];
    const outcome = dose + 2 * response + 0.3 * rng.normal() > 0 ? 1 : 0;
    const ward = at === 7 ? "Zauberberg-9931" : ["north", "south"][at % 2];
    return [number(dose), number(response), ward, outcome, `patient Castorp ${at}`].join(separator);
  });
  return [["dose", "response", "ward", "outcome", "Krankenakte"].join(separator as string), ...rows].join(
    "\n",
  );
}

async function startWithTable(page: Page, site: number): Promise<void> {
  const file = {
    name: "sanatorium-records.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(siteTable(site)),
  };
  await page.getByTestId("table").setInputFiles(file);
  await page.locator('[data-testid="counts"][data-count="120"]').waitFor();
  await page.getByTestId("start").click();
}

function tracesOfTable(): readonly Trace[] {
  const cell = siteTable(0).split("\n")[3]?.split(",")[0] ?? "";
  expect(cell.length).toBeGreaterThan(9);
  return [
    ...["Zauberberg-9931", "Castorp", "Krankenakte", "sanatorium-records"].flatMap((text) =>
      tracesOfText(text, text),
    ),
    ...tracesOfText("a number", cell),
  ];
}

function lastAuc(rounds: RunDetail["rounds"]): number {
  const figure = rounds.at(-1)?.federated?.mean;
  return figure?.kind === "classification" ? (figure.auc ?? Number.NaN) : Number.NaN;
}

test(
  "[E44] three sites with a CSV of their own train a model whose federated AUC rises, and no cell and no header leaves",
  async () => {
    const run = await startRun("visits", visits);
    const pages: Page[] = [];
    for (let site = 0; site < VOLUNTEERS; site++) {
      const page = await openPage(run);
      await startWithTable(page, site);
      pages.push(page);
    }
    const rounds = await untilFinished(run);
    const aucs = rounds.map(({ federated }) =>
      federated?.mean.kind === "classification" ? (federated.mean.auc ?? Number.NaN) : Number.NaN,
    );
    expect(aucs.at(-1)).toBeGreaterThan(Math.max(0.85, aucs[0] ?? 1));
    for (const page of pages) await page.close();

    expect(found(tracesOfTable(), proxy.sent())).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  "[E46] three sites whose run leaves the scales open send figures of their columns, wait for one another and then train",
  async () => {
    const open = { scale: null, range: [-6, 6] as [number, number] };
    const columns = visits.columns.map((column) =>
      column.type === "category" ? column : { ...column, ...open },
    );
    const task = { ...visits, id: "open-visits", columns };
    const { id: run } = await site.api.createRun("open-visits", ownDataPlan(task));
    const pages: Page[] = [];
    for (let site = 0; site < VOLUNTEERS; site++) {
      const page = await openPage(run);
      await startWithTable(page, site);
      const missing = VOLUNTEERS - site - 1;
      if (missing > 0) await page.getByText(`waiting for the figures of ${missing} more volunteer`).waitFor();
      pages.push(page);
    }
    for (const page of pages) await untilStatus(page, "waiting");
    const { summary } = await site.api.detail(run);
    expect(needsFigures(summary.plan.task)).toBe(false);
    await site.api.act(run, "start");
    const rounds = await untilFinished(run);
    expect(lastAuc(rounds)).toBeGreaterThan(0.85);
    for (const page of pages) await page.close();
    expect(found(tracesOfTable(), proxy.sent())).toEqual([]);
    expect(found(tracesOfText("the sums", "sumSquares"), proxy.sent())).toContain("the sums as UTF-8");
  },
  PATIENCE_MS,
);
