/** The runs and the sample shards that a server offers, read over its public HTTP interface. */

import { datasetFromIdx } from "@tributary/datasets";
import type { Dataset } from "@tributary/model";
import { ErrorBody, RunSummary, ShardList } from "@tributary/protocol";
import { type Static, type TSchema, Type } from "typebox";
import { Value } from "typebox/value";

const RETRY_MS = 500;

/**
 * The run to join: the one named, or the newest that is not over. Throws with what to say where there is none.
 * A server that does not answer at all is tried again for `patienceMs`.
 */
export async function findRun(url: string, run: string | null, patienceMs: number): Promise<RunSummary> {
  if (run !== null) return getJson(RunSummary, url, runPath(run), patienceMs);
  const runs = await getJson(Type.Array(RunSummary), url, "/api/runs", patienceMs);
  const newest = runs.filter((summary) => !isOver(summary)).sort(byAge)[0];
  if (newest === undefined) {
    throw new Error(`no run to join at "${url}": it has ${runs.length}, none of them still going on`);
  }
  return newest;
}

export async function listShards(url: string, run: string): Promise<ShardList["shards"]> {
  const { shards } = await getJson(ShardList, url, `${runPath(run)}/shards`);
  if (shards.length === 0) throw new Error(`run "${run}" at "${url}" lends no sample shards`);
  return shards;
}

/** One shard's images and labels; the transport's gzip is undone by fetch. */
export async function fetchShard(url: string, summary: RunSummary, index: number): Promise<Dataset> {
  const path = `${runPath(summary.id)}/shards/${index}`;
  const images = await getBytes(url, `${path}/images`);
  const labels = await getBytes(url, `${path}/labels`);
  return datasetFromIdx(images, labels, summary.plan.network.classes);
}

function runPath(run: string): string {
  return `/api/runs/${encodeURIComponent(run)}`;
}

function isOver({ activity }: RunSummary): boolean {
  return activity.state === "finished" || activity.state === "stopped";
}

function byAge(one: RunSummary, other: RunSummary): number {
  return other.createdAt.localeCompare(one.createdAt);
}

async function getBytes(url: string, path: string): Promise<Uint8Array> {
  const response = await get(url, path, 0);
  return new Uint8Array(await response.arrayBuffer());
}

async function getJson<Schema extends TSchema>(
  schema: Schema,
  url: string,
  path: string,
  patienceMs = 0,
): Promise<Static<Schema>> {
  const body: unknown = await (await get(url, path, patienceMs)).json().catch(() => null);
  if (!Value.Check(schema, body)) {
    throw new Error(
      `"${url}${path}" is no server of this version: got ${JSON.stringify(body)?.slice(0, 100)}`,
    );
  }
  return body;
}

async function get(url: string, path: string, patienceMs: number): Promise<Response> {
  const response = await reach(url, path, patienceMs);
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => null);
  const detail = Value.Check(ErrorBody, body) ? body.detail : response.statusText;
  throw new Error(`"${url}${path}" answered ${response.status}: ${detail}`);
}

async function reach(url: string, path: string, patienceMs: number): Promise<Response> {
  const deadlineMs = Date.now() + patienceMs;
  for (;;) {
    try {
      return await fetch(`${url}${path}`);
    } catch (cause) {
      if (Date.now() + RETRY_MS > deadlineMs) {
        throw new Error(`the server at "${url}" cannot be reached: ${reasonOf(cause)}`, { cause });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** fetch says only that it failed; why is in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return code || (cause instanceof Error ? cause.message : error.message);
}
