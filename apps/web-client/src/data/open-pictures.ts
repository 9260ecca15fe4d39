/** Reading picture files: a download of its own, which a sample shard does not need. */
import { networkInput } from "@tributary/datasets";
import type { ImageTask } from "@tributary/protocol";
import { openCodecs } from "./picture-codecs.ts";
import { createPictureCollection, type PictureCollection } from "./picture-collection.ts";

/** A collection that decodes for `task`. */
export function openPictures(task: ImageTask): PictureCollection {
  const codecs = openCodecs();
  return createPictureCollection(task, (bytes) => networkInput(bytes, task, codecs));
}
