/** Downloads a sample shard: examples that the server lends to volunteers without any of their own. */
import { datasetFromIdx, parseRowFile } from "@tributary/datasets";
import type { Dataset } from "@tributary/model";
import type { Task } from "@tributary/protocol";
import { type Answer, getBytes } from "../api.ts";
import { reasonOf } from "../reason-of.ts";

/** `task`: that of the run. */
export async function fetchShard(run: string, index: number, task: Task): Promise<Answer<Dataset>> {
  const base = `/api/runs/${run}/shards/${index}`;
  const parts = task.kind === "image-classification" ? ["images", "labels"] : ["rows"];
  const files: Uint8Array[] = [];
  for (const answer of await Promise.all(parts.map((part) => getBytes(`${base}/${part}`)))) {
    if (!answer.ok) return answer;
    files.push(answer.value);
  }
  try {
    return { ok: true, value: datasetOf(await Promise.all(files.map(unzipped)), task) };
  } catch (cause) {
    const detail = reasonOf(cause);
    return { ok: false, status: 200, error: `Sample shard ${index} cannot be read.`, detail, problems: [] };
  }
}

function datasetOf([first = new Uint8Array(), second = new Uint8Array()]: readonly Uint8Array[], task: Task) {
  if (task.kind === "image-classification") return datasetFromIdx(first, second, task.classes.length);
  return parseRowFile(first);
}

/** Unzips gzip. Bytes that a proxy has already unzipped come back as they are. */
async function unzipped(bytes: Uint8Array): Promise<Uint8Array> {
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!zipped) return bytes;
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
