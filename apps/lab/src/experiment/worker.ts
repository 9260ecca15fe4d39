/** The process that works runs, one after another, as its parent asks. It ends when the parent does. */

import { type OpenBackend, openBackend } from "@tributary/backends";
import { reasonOf } from "@tributary/platform";
import { type LabData, readLabData } from "../data/lab-data.ts";
import { manifestOf } from "../run/manifest.ts";
import { OtherConfiguration } from "../run/run-folder.ts";
import { runOne } from "../run/run-one.ts";
import type { ExperimentManifest } from "./results.ts";
import type { RunSpec } from "./run-matrix.ts";
import type { FromWorker, ToWorker } from "./worker-messages.ts";

type Opened = {
  readonly settings: Extract<ToWorker, { type: "open" }>;
  readonly source: LabData;
  readonly backend: OpenBackend;
};

const stopping = new AbortController();
let opened: Opened | null = null;
let work: Promise<void> = Promise.resolve();

// A Ctrl-C in a terminal reaches children too. The parent tells them what it means.
process.on("SIGINT", () => undefined);
// Every file is replaced in one rename: ending at once loses nothing that was finished.
process.on("disconnect", () => process.exit(1));
process.on("message", (message: ToWorker) => {
  if (message.type === "stop") void stop();
  else work = work.then(() => perform(message));
});

async function stop(): Promise<void> {
  stopping.abort(new Error("stopped"));
  await work;
  process.exit(0);
}

async function perform(message: Exclude<ToWorker, { type: "stop" }>): Promise<void> {
  if (message.type === "open") return open(message);
  if (opened === null) return;
  try {
    await runOne({
      manifest: experimentManifest(message.spec, opened),
      folder: message.folder,
      otherRun: "refuse",
      source: opened.source,
      signal: stopping.signal,
      nowMs: () => performance.now(),
      report: say,
    });
    say({ type: "run-done" });
  } catch (error) {
    if (stopping.signal.aborted) return;
    say({ type: "run-failed", reason: reasonOf(error), impossible: error instanceof OtherConfiguration });
  }
}

async function open(settings: Opened["settings"]): Promise<void> {
  try {
    const source = await readLabData(settings.data, { split: settings.columnSplit, pictures: null });
    const backend = await openBackend(
      settings.backend,
      settings.threads === null ? {} : { threads: settings.threads },
    );
    opened = { settings, source, backend };
    const { name, device, adapter } = backend;
    say({ type: "opened", backend: name, device, adapter });
  } catch (error) {
    say({ type: "not-opened", reason: reasonOf(error) });
  }
}

function experimentManifest(spec: RunSpec, { settings, source, backend }: Opened): ExperimentManifest {
  const { preset, scale, command } = settings;
  return { ...manifestOf(spec, source, backend, command), preset, scale, method: spec.method };
}

function say(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}
