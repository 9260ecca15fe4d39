/** The demo from its first process to its report. Nothing that it started outlives it, whatever happens. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunDetail } from "@tributary/protocol";
import { type AdminApi, adminApi } from "../admin-api.ts";
import { startServer } from "../server-process.ts";
import { demoPlan, type TwinConfig, twinConfig } from "./demo-plan.ts";
import type { DemoTask } from "./demo-task.ts";
import { runFedavgTwin } from "./fedavg-twin.ts";
import type { DemoOptions } from "./options.ts";
import { type ProgressView, progressView } from "./progress.ts";
import { buildReport, type Report } from "./report.ts";
import { type Making, reportHtml } from "./report-html.ts";
import { openVolunteerPages } from "./volunteer-pages.ts";
import { watchRun } from "./watch-run.ts";

export type DemoOutcome = { readonly report: Report; readonly seconds: number };

/** Runs the demo, and writes report.json, report.html and exports/ into `directory`. */
export async function runDemo(
  options: DemoOptions,
  task: DemoTask,
  directory: string,
  interruption: AbortSignal,
): Promise<DemoOutcome> {
  const startedAtMs = Date.now();
  const over = new AbortController();
  const cleanups: (() => Promise<void>)[] = [];
  const view = progressView(process.stdout, Date.now);
  try {
    const plan = demoPlan(options, task);
    const scratch = await mkdtemp(join(tmpdir(), "tributary-demo-"));
    cleanups.push(() => rm(scratch, { recursive: true, force: true }));

    view.say("starting the server with a fresh database");
    const server = await startServer({ LOG_LEVEL: "warn" });
    cleanups.push(server.stop);
    interruption.throwIfAborted();
    const api = adminApi(server.url, server.token);
    const { id: run } = await api.createRun("DynaFed demo", plan);
    await api.act(run, "start");

    view.say(`opening ${options.volunteers} pages of ${server.url}/?run=${run}`);
    const pages = await openVolunteerPages(server.url, run, options.volunteers);
    cleanups.push(pages.close);

    const signal = AbortSignal.any([interruption, over.signal]);
    const both = followBoth({ api, run, twin: twinConfig(plan), scratch, view, signal });
    const ended = Promise.race([both, server.died, pages.died, aborted(interruption)]);
    const { detail, fedavg } = await ended.catch(async (error: unknown) => {
      // If the server died, that is the reason, and not the request that failed because of it.
      await Promise.race([server.died, sleep(SERVER_DEATH_SHOWS_WITHIN_MS)]);
      throw error;
    });
    view.end();

    const report = buildReport(detail, twinConfig(plan), fedavg);
    const seconds = (Date.now() - startedAtMs) / 1000;
    const making = describeMaking(options, pages.browser, seconds);
    await writeReport({ api, run, directory, report, detail, making });
    return { report, seconds };
  } finally {
    view.end();
    // First, so that the twin has ended before the cleanups remove the folder that it writes to.
    over.abort();
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
}

const SERVER_DEATH_SHOWS_WITHIN_MS = 500;

type Following = {
  readonly api: AdminApi;
  readonly run: string;
  readonly twin: TwinConfig;
  readonly scratch: string;
  readonly view: ProgressView;
  readonly signal: AbortSignal;
};

type Followed = { readonly detail: RunDetail; readonly fedavg: readonly number[] };

/** The twin takes a core. It begins with the synthesis, during which the volunteers leave one free. */
async function followBoth({ api, run, twin, scratch, view, signal }: Following): Promise<Followed> {
  let begin: () => void = () => undefined;
  const fedavg = new Promise<void>((resolve) => {
    begin = resolve;
  }).then(() => runFedavgTwin(twin, scratch, signal));
  const watched = watchRun(
    api,
    run,
    (detail) => {
      view.show(detail);
      if (detail.synthesis !== null) begin();
    },
    signal,
  );
  const announced = watched.then(() => view.say("all rounds are in; waiting for the plain FedAvg run"));
  const [detail, accuracies] = await Promise.all([watched, fedavg, announced]);
  return { detail, fedavg: accuracies };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function describeMaking(options: DemoOptions, browser: string, seconds: number): Making {
  const { task, volunteers, rounds, alpha, seed } = options;
  const cores = cpus();
  return {
    command: `npm run demo -- --task ${task} --volunteers ${volunteers} --rounds ${rounds} --alpha ${alpha} --seed ${seed}`,
    machine: `${cores.length} cores (${cores[0]?.model.trim() ?? "unknown"}), Node ${process.versions.node}`,
    browser,
    seconds,
    madeAt: new Date(),
  };
}

type Written = {
  readonly api: AdminApi;
  readonly run: string;
  readonly directory: string;
  readonly report: Report;
  readonly detail: RunDetail;
  readonly making: Making;
};

async function writeReport({ api, run, directory, report, detail, making }: Written): Promise<void> {
  const set = await api.syntheticSet(run);
  const files = await api.exportNames(run);
  for (const name of files) {
    const path = join(directory, "exports", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await api.exportFile(run, name));
  }
  await writeFile(join(directory, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  const distances = detail.synthesis?.distances ?? [];
  await writeFile(join(directory, "report.html"), reportHtml({ report, set, distances, making, files }));
}
