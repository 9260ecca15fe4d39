/** The process that works runs, one after another, as its parent asks; it ends when the parent does. */

import { createRequire } from "node:module";
import { type OpenBackend, openBackend } from "@tributary/backends";
import { type DataSource, readDataSource } from "@tributary/datasets/node";
import { reasonOf } from "@tributary/platform";
import type { Manifest } from "./manifest.ts";
import { OtherConfiguration } from "./run-folder.ts";
import type { RunSpec } from "./run-matrix.ts";
import { runOne } from "./run-one.ts";
import type { FromWorker, ToWorker } from "./worker-messages.ts";

type Opened = {
  readonly settings: Extract<ToWorker, { type: "open" }>;
  readonly source: DataSource;
  readonly backend: OpenBackend;
};

const stopping = new AbortController();
let opened: Opened | null = null;
let work: Promise<void> = Promise.resolve();

// A Ctrl-C in a terminal reaches children too: what it means is the parent's to say.
process.on("SIGINT", () => undefined);
// Whatever is being written is replaced in one rename: ending at once loses nothing that was finished.
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
      spec: message.spec,
      folder: message.folder,
      source: opened.source,
      backend: opened.backend,
      manifest: manifestOf(message.spec, opened),
      signal: stopping.signal,
      nowMs: () => performance.now(),
      report: {
        onResumed: (done) => say({ type: "resumed", ...done }),
        onNote: (text) => say({ type: "noted", text }),
        onRound: (row, spent) => say({ type: "round-done", row, spent }),
        onIteration: (done) => say({ type: "iteration-done", ...done }),
      },
    });
    say({ type: "run-done" });
  } catch (error) {
    if (stopping.signal.aborted) return;
    say({ type: "run-failed", reason: reasonOf(error), impossible: error instanceof OtherConfiguration });
  }
}

async function open(settings: Opened["settings"]): Promise<void> {
  try {
    const source = await readDataSource(settings.data);
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

function manifestOf(spec: RunSpec, { settings, source, backend }: Opened): Manifest {
  const { method, alpha, seed, plan, volunteersTrain } = spec;
  const { train, test, sha256 } = source;
  const version = (name: string) => createRequire(import.meta.url)(`${name}/package.json`).version as string;
  return {
    preset: settings.preset,
    scale: settings.scale,
    ...{ method, alpha, seed, plan, volunteersTrain },
    data: {
      folder: settings.data,
      sha256,
      ...{ image: train.image, classes: train.classes, train: train.count, test: test.count },
    },
    backend: backend.name,
    adapter: backend.adapter,
    versions: { node: process.versions.node, tensorflowJs: version("@tensorflow/tfjs-core") },
    command: settings.command,
  };
}

function say(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}
