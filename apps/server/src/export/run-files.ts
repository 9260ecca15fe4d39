/** Every file of a run's export, by name. Routes and the folder export both serve from here. */
import { layoutOf, parameterCount } from "@tributary/model";
import { formatCsv, formatJsonLines, sha256 } from "@tributary/platform";
import {
  classesOf,
  inputShapeOf,
  networkOf,
  PROTOCOL_VERSION,
  preprocessingOf,
  type RoundRow,
} from "@tributary/protocol";
import type { Storage, StoredRun, StoredSnapshot, SyntheticSetRow } from "@tributary/storage";
import { bytesOf } from "@tributary/storage";
import { newestSnapshot } from "../http/run-view.ts";
import { participationColumns, participationsTable, roundColumns, roundsTable } from "./tables.ts";

export type ExportFile = { readonly type: string; readonly body: string | Uint8Array };
const afterEveryRound = 2 ** 31 - 1;
type SnapshotRow = Omit<StoredSnapshot, "parameters">;

/** null: the run has no such file. */
export async function readExportFile(
  storage: Storage,
  stored: StoredRun,
  path: string,
): Promise<ExportFile | null> {
  const snapshot = /^snapshots\/(\d{1,6}-[a-z]+)\.(bin|json)$/.exec(path);
  if (snapshot) return snapshotFile(storage, stored, snapshot[1] ?? "", snapshot[2] ?? "");
  const vector = /^strategy-state\/([a-z-]{1,64})\.bin$/.exec(path);
  if (vector) return stateFile(storage, stored, vector[1] ?? "");
  switch (path) {
    case "rounds.csv":
      return csv(formatCsv(roundsTable(await storage.rounds.rows(stored.id))));
    case "rounds.jsonl":
      return jsonLines(formatJsonLines(roundsTable(await storage.rounds.rows(stored.id))));
    case "participations.csv":
      return csv(formatCsv(participationsTable(await storage.rounds.participations(stored.id))));
    case "participations.jsonl":
      return jsonLines(formatJsonLines(participationsTable(await storage.rounds.participations(stored.id))));
    case "manifest.json":
      return json(await exportManifest(storage, stored));
    case "synthetic-set.bin":
    case "synthetic-set.json":
      return syntheticSetFile(storage, stored, path);
    default:
      return null;
  }
}

/** The names that `readExportFile` has for this run now. */
export async function exportFileNames(storage: Storage, { id: run }: StoredRun): Promise<readonly string[]> {
  const snapshots = await storage.snapshots.list(run);
  const set = await storage.syntheticSets.latest(run);
  return [
    "manifest.json",
    ...["rounds", "participations"].flatMap((table) => [`${table}.csv`, `${table}.jsonl`]),
    ...snapshots.flatMap((row) => [
      `snapshots/${snapshotName(row)}.bin`,
      `snapshots/${snapshotName(row)}.json`,
    ]),
    ...(await stateEntries(storage, run)).map(({ file }) => file),
    ...(set === null ? [] : ["synthetic-set.bin", "synthetic-set.json"]),
  ];
}

/** What a reader needs to know of the run and of the other files. The same run state gives the same manifest. */
async function exportManifest(storage: Storage, stored: StoredRun) {
  const { id: run, name, plan, createdAt } = stored;
  const [rounds, snapshots, state, set] = await Promise.all([
    storage.rounds.rows(run),
    storage.snapshots.list(run),
    stateEntries(storage, run),
    storage.syntheticSets.latest(run),
  ]);
  const newest = newestSnapshot(snapshots);
  return {
    format: "tributary-run-export",
    version: 1,
    protocol: PROTOCOL_VERSION,
    run,
    name,
    createdAt: createdAt.toISOString(),
    plan,
    parameters: parameterCount(networkOf(plan)),
    layout: layoutOf(networkOf(plan)),
    columns: { rounds: roundColumns, participations: participationColumns },
    rounds: rounds.length,
    completedRounds: rounds.filter(({ outcome }) => outcome === "aggregated").length,
    best: bestRound(rounds),
    newest: newest === undefined ? null : { ...snapshotEntry(newest) },
    snapshots: snapshots.map(snapshotEntry),
    strategyState: state,
    syntheticSet: set === null ? null : syntheticSetEntry(set, stored),
  };
}

/** The round whose model, as broadcast, was the most accurate on the server's test images. */
function bestRound(rounds: readonly RoundRow[]) {
  const scored = rounds.flatMap((row) => {
    const accuracy = row.accuracyRefined ?? row.accuracyAggregate;
    const snapshot = row.accuracyRefined === null ? row.aggregateSnapshot : row.refinedSnapshot;
    return accuracy === null ? [] : [{ round: row.round, accuracy, snapshot }];
  });
  return scored.toSorted((a, b) => b.accuracy - a.accuracy || a.round - b.round)[0] ?? null;
}

function snapshotName({ round, kind }: SnapshotRow): string {
  return `${round}-${kind}`;
}

function snapshotEntry(row: SnapshotRow) {
  return { round: row.round, kind: row.kind, hash: row.hash, file: `snapshots/${snapshotName(row)}.bin` };
}

/** .bin: the parameters, float32 little-endian. .json: what they are. */
async function snapshotFile(
  storage: Storage,
  { id: run, plan }: StoredRun,
  name: string,
  extension: string,
): Promise<ExportFile | null> {
  const row = (await storage.snapshots.list(run)).find((candidate) => snapshotName(candidate) === name);
  if (row === undefined) return null;
  if (extension === "json") {
    return json({
      run,
      ...snapshotEntry(row),
      dtype: "float32",
      byteOrder: "little-endian",
      elements: parameterCount(networkOf(plan)),
      network: networkOf(plan),
      preprocessing: preprocessingOf(plan),
      layout: layoutOf(networkOf(plan)),
    });
  }
  const snapshot = await storage.snapshots.byHash(run, row.hash);
  return snapshot === null ? null : binary(snapshot.parameters);
}

/** What the strategy remembers after the newest aggregated round. */
async function stateEntries(storage: Storage, run: string) {
  const vectors = await storage.strategyStates.listBefore(run, afterEveryRound);
  return vectors.map(({ round, name, hash }) => ({ round, name, hash, file: `strategy-state/${name}.bin` }));
}

/** A vector of that state, float32 little-endian, in the layout of the parameters. */
async function stateFile(storage: Storage, { id: run }: StoredRun, name: string): Promise<ExportFile | null> {
  const entry = (await stateEntries(storage, run)).find((candidate) => candidate.name === name);
  const stored = entry === undefined ? null : await storage.strategyStates.byHash(run, entry.hash);
  return stored === null ? null : binary(stored.vector);
}

type LatestSet = SyntheticSetRow & { readonly round: number };

/** Images, then label logits, then the inner step: one float32 little-endian array after another. */
async function syntheticSetFile(
  storage: Storage,
  stored: StoredRun,
  path: string,
): Promise<ExportFile | null> {
  const set = await storage.syntheticSets.latest(stored.id);
  if (set === null) return null;
  return path.endsWith(".bin") ? binary(syntheticSetBytes(set)) : json(syntheticSetEntry(set, stored));
}

function syntheticSetBytes(set: LatestSet): Uint8Array {
  return Buffer.concat([set.images, set.labelLogits, bytesOf(Float32Array.of(set.innerStep))]);
}

function syntheticSetEntry(set: LatestSet, { plan }: StoredRun) {
  const [input, classes] = [inputShapeOf(networkOf(plan)), classesOf(networkOf(plan))];
  const count = set.imagesPerClass * classes;
  return {
    round: set.round,
    file: "synthetic-set.bin",
    hash: sha256(syntheticSetBytes(set)),
    dtype: "float32",
    byteOrder: "little-endian",
    imagesPerClass: set.imagesPerClass,
    innerStep: set.innerStep,
    arrays: [
      { name: input.length === 1 ? "rows" : "images", shape: [count, ...input], offsetBytes: 0 },
      { name: "labelLogits", shape: [count, classes], offsetBytes: set.images.byteLength },
      { name: "innerStep", shape: [], offsetBytes: set.images.byteLength + set.labelLogits.byteLength },
    ],
  };
}

function csv(body: string): ExportFile {
  return { type: "text/csv; charset=utf-8", body };
}

function jsonLines(body: string): ExportFile {
  return { type: "application/x-ndjson; charset=utf-8", body };
}

function json(value: unknown): ExportFile {
  return { type: "application/json; charset=utf-8", body: `${JSON.stringify(value, null, 2)}\n` };
}

function binary(body: Uint8Array): ExportFile {
  return { type: "application/octet-stream", body };
}
