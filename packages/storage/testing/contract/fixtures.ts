/** Runs, updates and snapshots for the contract suite. */
import { randomUUID } from "node:crypto";
import { sha256 } from "@tributary/platform";
import type { Plan } from "@tributary/protocol";
import type { RunEvent } from "@tributary/rounds";
import { testPlan } from "@tributary/rounds/testing";
import type { Write } from "../../src/journal.ts";
import type { SnapshotInput } from "../../src/snapshots.ts";
import type { Storage } from "../../src/storage.ts";
import type { StoredUpdate } from "../../src/updates.ts";

export const plan: Plan = testPlan({
  rounds: 3,
  cohort: { minimum: 1, size: 4, quorum: 1, deadlineMs: 1000 },
  snapshots: 5,
});

export const volunteers = ["ada", "ben", "cyd"] as const;

export function snapshot(...values: readonly number[]): SnapshotInput {
  const parameters = new Uint8Array(Float32Array.from(values).buffer);
  return { hash: sha256(parameters), parameters };
}

export const initial = snapshot(0, 0.5, -1);
export const started: RunEvent = { type: "started", atMs: 1 };

export async function createRun(storage: Storage): Promise<string> {
  const run = `run-${randomUUID()}`;
  await storage.runs.create({ id: run, name: "a run", plan, initial });
  for (const volunteer of volunteers) {
    await storage.volunteers.create(run, volunteer, sha256(volunteer), "a laptop", "wasm");
  }
  return run;
}

export function update(round: number, volunteer: string, choice: Partial<StoredUpdate> = {}): StoredUpdate {
  const delta = choice.delta ?? snapshot(round, 0.25, -0).parameters;
  return {
    round,
    volunteer,
    hash: sha256(delta),
    dtype: "float32",
    examples: 10,
    loss: 1.5,
    accuracy: 0.5,
    evaluation: null,
    trainingMs: 1234,
    ...choice,
    delta,
  };
}

export function openRound(round: number, atMs = 1000): Write {
  return { type: "open-round", round, startSnapshot: initial.hash, cohort: volunteers, atMs };
}

/** Commits writes one after the other, each with an entry of its own, after the last one in the journal. */
export async function commitAll(storage: Storage, run: string, ...writes: readonly Write[]): Promise<void> {
  for (const write of writes) {
    const entries = await storage.journal.read(run);
    const { outcome } = await storage.journal.commit(run, entries.length + 1, started, [write]);
    if (outcome !== "committed") throw new Error(`expected to commit ${write.type}, got ${outcome}`);
  }
}

export async function storedUpdates(storage: Storage, run: string, round: number): Promise<StoredUpdate[]> {
  const updates: StoredUpdate[] = [];
  for await (const stored of storage.updates.stream(run, round)) updates.push({ ...stored });
  return updates;
}
