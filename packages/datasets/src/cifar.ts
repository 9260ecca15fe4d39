/** The binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky, cs.toronto.edu/~kriz/cifar.html): 32 x 32 RGB images. */
import type { ImageDataset } from "@tributary/model";

const SIDE = 32;
const CHANNELS = 3;
const PLANE = SIDE * SIDE;

/** Label bytes, of which the last is the class, then the red, the green and the blue plane, each row-major. */
type Layout = { readonly labelBytes: number; readonly classes: number };

const CIFAR_10: Layout = { labelBytes: 1, classes: 10 };
/** A coarse label, which is not read, then a fine one. */
const CIFAR_100: Layout = { labelBytes: 2, classes: 100 };

/**
 * The images of one file of CIFAR-10, from planes to [N, 32, 32, 3]. Throws an Error that quotes what is wrong: a length that
 * is not a whole number of 3,073-byte records, no record at all, a label of ten or above.
 */
export function parseCifar10(bytes: Uint8Array): ImageDataset {
  return parse(bytes, CIFAR_10);
}

/** The same of CIFAR-100: records of 3,074 bytes, with the hundred fine labels. */
export function parseCifar100(bytes: Uint8Array): ImageDataset {
  return parse(bytes, CIFAR_100);
}

function parse(bytes: Uint8Array, { labelBytes, classes }: Layout): ImageDataset {
  const recordBytes = labelBytes + CHANNELS * PLANE;
  if (bytes.length === 0 || bytes.length % recordBytes !== 0) {
    throw new Error(
      `expected whole records of ${recordBytes} bytes, got ${bytes.length} bytes: download the file again`,
    );
  }
  const count = bytes.length / recordBytes;
  const labels = new Uint8Array(count);
  const pixels = new Uint8Array(count * CHANNELS * PLANE);
  for (let image = 0; image < count; image++) {
    const record = bytes.subarray(image * recordBytes, (image + 1) * recordBytes);
    const label = record[labelBytes - 1] as number;
    if (label >= classes) {
      throw new Error(`expected labels below ${classes}, got ${label} at image ${image}`);
    }
    labels[image] = label;
    interleave(record.subarray(labelBytes), pixels.subarray(image * CHANNELS * PLANE));
  }
  return { kind: "images", image: [SIDE, SIDE, CHANNELS], classes, count, pixels, labels };
}

/** Planes [3, 32, 32] to pixels [32, 32, 3]. */
function interleave(planes: Uint8Array, pixels: Uint8Array): void {
  for (let channel = 0; channel < CHANNELS; channel++) {
    for (let place = 0; place < PLANE; place++) {
      pixels[place * CHANNELS + channel] = planes[channel * PLANE + place] as number;
    }
  }
}
