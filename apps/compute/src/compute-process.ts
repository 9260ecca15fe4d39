/** What a compute process does from its start to its end, whether a server forked it or it stands alone. */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { type BackendPreference, openBackend } from "@tributary/backends";
import { openDatasets } from "@tributary/datasets/node";
import type { Log } from "@tributary/platform";
import { openStorage } from "@tributary/storage";
import { startWorker, synthesisTiming, workerTiming } from "./worker.ts";

/** What a forked compute process sends to its parent: lines for the parent's log. */
export type ComputeMessage = {
  readonly level: "info" | "warn" | "error";
  readonly fields: object;
  readonly message: string;
};

/** What a compute process needs to know. */
export type ComputeSettings = {
  readonly databaseUrl: string;
  /** Folder of the sample data, one folder per data set. */
  readonly datasets: string;
  readonly backend: BackendPreference;
  /** How long a silent worker keeps its job. Default: 10 s. */
  readonly leaseMs?: number;
  /** Least time between two checkpoints of a synthesis. Default: 5 s. */
  readonly checkpointMs?: number;
};

/**
 * Opens backend and store and works off jobs until it is stopped. Throws `NoBackend` where no backend can be trusted,
 * and where the database cannot be reached. `stop` gives the job under way back, closes all and resolves; a process that
 * has opened webgpu does not end by itself even then.
 */
export async function runComputeProcess(
  settings: ComputeSettings,
  log: Log,
): Promise<{ stop(): Promise<void> }> {
  const backend = await openBackend(settings.backend);
  log.info(
    { backend: backend.name, adapter: backend.adapter, refused: backend.refused },
    `compute backend: ${backend.name} (${backend.adapter})`,
  );
  const storage = await openStorage({ databaseUrl: settings.databaseUrl });
  const datasets = openDatasets(settings.datasets, (message) => log.warn({}, message));
  const leaseMs = settings.leaseMs ?? workerTiming.leaseMs;
  const worker = await startWorker({
    storage,
    readTestSet: datasets.test,
    backend: backend.name,
    ...synthesisTiming,
    checkpointMs: settings.checkpointMs ?? synthesisTiming.checkpointMs,
    nowMs: () => performance.now(),
    worker: `${hostname()}/${process.pid}/${randomUUID()}`,
    timing: { ...workerTiming, leaseMs, renewMs: Math.min(workerTiming.renewMs, leaseMs / 4) },
    log,
  });
  return {
    async stop() {
      await worker.stop();
      await storage.close();
      await backend.close();
    },
  };
}
