/** Downloads a sample shard: images that the server lends to volunteers without images of their own. */
import { datasetFromIdx } from "@tributary/datasets";
import type { ImageDataset } from "@tributary/model";
import { type Answer, getBytes } from "../api.ts";

/** `classes`: the number of classes of the run's network. */
export async function fetchShard(run: string, index: number, classes: number): Promise<Answer<ImageDataset>> {
  const base = `/api/runs/${run}/shards/${index}`;
  const [images, labels] = await Promise.all([getBytes(`${base}/images`), getBytes(`${base}/labels`)]);
  if (!images.ok) return images;
  if (!labels.ok) return labels;
  try {
    const dataset = datasetFromIdx(await unzipped(images.value), await unzipped(labels.value), classes);
    return { ok: true, value: dataset };
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    return { ok: false, status: 200, error: `Sample shard ${index} cannot be read.`, detail, problems: [] };
  }
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
