/** The runs and the sample shards that a server offers, read over its public HTTP interface. */
import { datasetFromIdx, parseRowFile } from "@tributary/datasets";
import type { Dataset } from "@tributary/model";
import { codeOf, reasonOf } from "@tributary/platform";
import { classesOf, ErrorBody, networkOf, RunSummary, ShardList } from "@tributary/protocol";
import { type Static, type TSchema, Type } from "typebox";
import { Value } from "typebox/value";

const RETRY_MS = 500;

/**
 * The run to join: the one with the id `run`, or the newest that is not over. Throws where there is none, and where
 * the server gives no answer for `patienceMs`.
 */
export async function findRun(url: string, run: string | null, patienceMs: number): Promise<RunSummary> {
  if (run !== null) return getJson(RunSummary, url, runPath(run), patienceMs);
  const runs = await getJson(Type.Array(RunSummary), url, "/api/runs", patienceMs);
  const newest = runs.filter((summary) => !isOver(summary)).sort(byAge)[0];
  if (newest === undefined) throw new Error(`no run to join at "${url}": it has ${runs.length}, all over`);
  return newest;
}

/** The shards that the run lends to volunteers without data. Throws where there are none. */
export async function listShards(url: string, run: string): Promise<ShardList["shards"]> {
  const { shards } = await getJson(ShardList, url, `${runPath(run)}/shards`);
  if (shards.length === 0) throw new Error(`run "${run}" at "${url}" lends no sample shards`);
  return shards;
}

/** The examples of one shard: images and labels, or rows of a table. */
export async function fetchShard(url: string, { id, plan }: RunSummary, index: number): Promise<Dataset> {
  const path = `${runPath(id)}/shards/${index}`;
  if (plan.task.kind !== "image-classification") return parseRowFile(await getBytes(url, `${path}/rows`));
  const images = await getBytes(url, `${path}/images`);
  const labels = await getBytes(url, `${path}/labels`);
  return datasetFromIdx(images, labels, classesOf(networkOf(plan)));
}

function runPath(run: string): string {
  return `/api/runs/${encodeURIComponent(run)}`;
}

function isOver({ activity }: RunSummary): boolean {
  return activity.state === "finished" || activity.state === "stopped";
}

/** The newest first. */
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
  if (Value.Check(schema, body)) return body;
  const got = JSON.stringify(body)?.slice(0, 100);
  throw new Error(`"${url}${path}" is not a Tributary server of this version: got ${got}`);
}

/** Throws where the answer is not a 2xx, with the server's own words if it has some. */
async function get(url: string, path: string, patienceMs: number): Promise<Response> {
  const response = await reach(url, path, patienceMs);
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => null);
  const detail = Value.Check(ErrorBody, body) ? body.detail : response.statusText;
  throw new Error(`"${url}${path}" answered ${response.status}: ${detail}`);
}

/** Tries again for `patienceMs` while the server gives no answer at all. */
async function reach(url: string, path: string, patienceMs: number): Promise<Response> {
  const deadlineMs = Date.now() + patienceMs;
  for (;;) {
    try {
      return await fetch(`${url}${path}`);
    } catch (cause) {
      if (Date.now() + RETRY_MS > deadlineMs) {
        throw new Error(`the server at "${url}" cannot be reached: ${fetchFailure(cause)}`, { cause });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** The message of a failed `fetch` says only that it failed. The reason is in its cause. */
function fetchFailure(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  return codeOf(cause) ?? reasonOf(cause);
}
