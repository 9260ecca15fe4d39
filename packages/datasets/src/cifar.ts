/** CIFAR-10's binary version (Krizhevsky, cs.toronto.edu/~kriz/cifar.html): 32 x 32 RGB images in ten classes. */
import type { ImageDataset } from "@tributary/model";

const SIDE = 32;
const CHANNELS = 3;
const CLASSES = 10;
const PLANE = SIDE * SIDE;
/** One label byte, then the red, the green and the blue plane, each row-major. */
const RECORD_BYTES = 1 + CHANNELS * PLANE;

/** The classes' names, in the order of their labels. */
export const cifar10ClassNames: readonly string[] = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];

/**
 * The images of one batch file, from planes to [N, 32, 32, 3]. Throws an Error that quotes what is wrong: a length that
 * is not a whole number of 3,073-byte records, no record at all, a label of ten or above.
 */
export function parseCifar10(bytes: Uint8Array): ImageDataset {
  if (bytes.length === 0 || bytes.length % RECORD_BYTES !== 0) {
    throw new Error(`expected whole records of ${RECORD_BYTES} bytes, got ${bytes.length} bytes`);
  }
  const count = bytes.length / RECORD_BYTES;
  const labels = new Uint8Array(count);
  const pixels = new Uint8Array(count * CHANNELS * PLANE);
  for (let image = 0; image < count; image++) {
    const record = bytes.subarray(image * RECORD_BYTES, (image + 1) * RECORD_BYTES);
    const label = record[0] as number;
    if (label >= CLASSES) throw new Error(`expected labels below ${CLASSES}, got ${label} at image ${image}`);
    labels[image] = label;
    for (let channel = 0; channel < CHANNELS; channel++) {
      for (let place = 0; place < PLANE; place++) {
        const target = (image * PLANE + place) * CHANNELS + channel;
        pixels[target] = record[1 + channel * PLANE + place] as number;
      }
    }
  }
  return { kind: "images", image: [SIDE, SIDE, CHANNELS], classes: CLASSES, count, pixels, labels };
}
