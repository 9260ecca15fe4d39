/** A few pictures of each class as bitmaps, made in the worker: the page draws them without touching a pixel. */
import type { ImageDataset } from "@tributary/model";
import type { ClassPreview } from "./data-messages.ts";
import { toRgba } from "./pixels.ts";
import { spreadPerClass } from "./summary.ts";

/** Of all classes together. */
const MOST_PICTURES = 240;
const MOST_PER_CLASS = 12;
/** Pixels of a bitmap's side. */
const MOST_SIDE = 96;

/** Pictures from all over each class; at least one, and at most 12 of them. */
export async function classPreviews(dataset: ImageDataset): Promise<readonly ClassPreview[]> {
  const { classes, labels } = dataset;
  const perClass = Math.max(1, Math.min(MOST_PER_CLASS, Math.floor(MOST_PICTURES / classes)));
  const places = spreadPerClass(labels, classes, perClass);
  return await Promise.all(
    places.map(async (examples, label) => ({
      label,
      pictures: await Promise.all(examples.map((example) => bitmapOf(dataset, example))),
    })),
  );
}

async function bitmapOf({ image, pixels }: ImageDataset, example: number): Promise<ImageBitmap> {
  const [height, width, channels] = image;
  const size = height * width * channels;
  const rgba = toRgba(pixels.subarray(example * size, (example + 1) * size), image);
  const drawn = new ImageData(rgba, width, height);
  const scale = Math.min(1, MOST_SIDE / Math.max(width, height));
  if (scale === 1) return await createImageBitmap(drawn);
  return await createImageBitmap(drawn, {
    resizeWidth: Math.max(1, Math.round(width * scale)),
    resizeHeight: Math.max(1, Math.round(height * scale)),
  });
}
