/** Turns sorted image files into the bytes that the plan's network reads. They stay in the page's memory. */
import type { ImageDataset } from "@tributary/model";
import type { FolderFile } from "./folder-entries.ts";
import { centredCrop, fromRgba, type Shape } from "./pixels.ts";

export type DecodedFolder = {
  readonly dataset: ImageDataset;
  /** Files that the browser could not read as an image. */
  readonly unreadable: readonly string[];
};

/** Leaves out the images that cannot be read, and names them. Rejects with `signal.reason` when aborted. */
export async function decodeFolder(options: {
  readonly files: readonly (FolderFile & { readonly label: number })[];
  readonly image: Shape;
  readonly classes: number;
  readonly onProgress: (decoded: number, total: number) => void;
  readonly signal: AbortSignal;
}): Promise<DecodedFolder> {
  const { files, image, classes, onProgress, signal } = options;
  const perImage = image[0] * image[1] * image[2];
  const pixels = new Uint8Array(files.length * perImage);
  const labels = new Uint8Array(files.length);
  const unreadable: string[] = [];
  const draw = createDrawer(image);
  let count = 0;

  for (const [index, { file, path, label }] of files.entries()) {
    signal.throwIfAborted();
    const decoded = await draw(file).catch(() => null);
    if (decoded === null) {
      unreadable.push(path);
    } else {
      pixels.set(decoded, count * perImage);
      labels[count] = label;
      count += 1;
    }
    if (index % 16 === 15 || index === files.length - 1) onProgress(index + 1, files.length);
  }

  const dataset: ImageDataset = {
    kind: "images",
    image: [...image] as [number, number, number],
    classes,
    count,
    pixels: pixels.slice(0, count * perImage),
    labels: labels.slice(0, count),
  };
  return { dataset, unreadable };
}

/** A decoder with a canvas of the plan's size. It returns height * width * channels bytes. */
function createDrawer([height, width, channels]: Shape): (file: Blob) => Promise<Uint8Array> {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("this browser gives no 2D canvas, which decoding images needs");
  context.imageSmoothingQuality = "high";

  return async (file) => {
    const bitmap = await createImageBitmap(file);
    try {
      const crop = centredCrop(bitmap, { width, height });
      context.clearRect(0, 0, width, height);
      context.drawImage(bitmap, crop.x, crop.y, crop.width, crop.height, 0, 0, width, height);
    } finally {
      bitmap.close();
    }
    return fromRgba(context.getImageData(0, 0, width, height).data, channels);
  };
}
