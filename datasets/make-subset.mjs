/**
 * Makes datasets/fashion-mnist from the full set: 6,000 training and 1,000 test images, class-balanced, in file order.
 * usage: node datasets/make-subset.mjs [FOLDER]   (default: where Debian's dataset-fashion-mnist puts it)
 * Build first (npm run setup). The same input gives the same bytes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { datasetFromIdx, formatIdx, stratifiedSubset } from "../packages/datasets/dist/index.js";

const source = process.argv[2] ?? "/usr/share/datasets/fashion-mnist";
const target = join(dirname(fileURLToPath(import.meta.url)), "fashion-mnist");
const CLASSES = 10;

for (const [part, count] of [["train", 6000], ["t10k", 1000]]) {
  const [images, labels] = ["images-idx3", "labels-idx1"].map((kind) => `${part}-${kind}-ubyte.gz`);
  const read = (name) => gunzipSync(readFileSync(join(source, name)));
  const subset = stratifiedSubset(datasetFromIdx(read(images), read(labels), CLASSES), count);
  const [height, width] = subset.image;
  write(images, formatIdx([count, height, width], subset.pixels));
  write(labels, formatIdx([count], subset.labels));
}

function write(name, bytes) {
  const zipped = gzipSync(bytes, { level: 9 });
  // Byte 9 of a gzip header names the operating system that zipped; 255 is "unknown", anywhere. The time is 0 already.
  zipped[9] = 255;
  writeFileSync(join(target, name), zipped);
  console.log(`${name}: ${bytes.length} bytes, ${zipped.length} zipped`);
}
