/**
 * Makes datasets/emoji from the npm package emoji-datasource-google: Google's Noto emoji, 32 x 32 in colour, in the nine
 * groups of the package, without their variants of skin tone. A seventh of each group is the test set.
 * usage: node datasets/make-emoji.mjs FOLDER   (FOLDER: what `npm pack emoji-datasource-google@16.0.0` unpacks to)
 * Build first (npm run setup). The same input gives the same bytes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { formatIdx, networkInput } from "../packages/datasets/dist/index.js";
import { openCodecs } from "../packages/datasets/dist/node/index.js";
import { createRng, deriveSeed, permutation } from "../packages/model/dist/index.js";

const source = process.argv[2];
if (source === undefined) throw new Error("expected the package's folder, got none");
const target = join(dirname(fileURLToPath(import.meta.url)), "emoji");
const task = JSON.parse(readFileSync(join(target, "task.json"), "utf8"));
const TEST_SHARE = 1 / 7;

const emoji = JSON.parse(readFileSync(join(source, "emoji.json"), "utf8"));
const drawn = emoji.filter(({ has_img_google: isDrawn, category }) => isDrawn && task.classes.includes(category));
// The package's own order may change with its version; the code points do not.
const ordered = drawn.toSorted((one, other) => (one.unified < other.unified ? -1 : 1));
const examples = await Promise.all(ordered.map(example));
const [train, test] = [[], []];
for (const label of task.classes.keys()) {
  const members = examples.filter((one) => one.label === label);
  const order = permutation(members.length, createRng(deriveSeed(0, "emoji", label)));
  const tested = Math.round(members.length * TEST_SHARE);
  for (const [place, at] of order.entries()) (place < tested ? test : train).push(members[at]);
}
write("train", train);
write("t10k", test);

async function example({ image, unified, category }) {
  const bytes = new Uint8Array(readFileSync(join(source, "img/google/64", image)));
  const input = await networkInput(bytes, task, openCodecs());
  if (input.outcome !== "picture") throw new Error(`${image}: ${JSON.stringify(input)}`);
  return { unified, label: task.classes.indexOf(category), pixels: input.pixels };
}

function write(part, unordered) {
  const chosen = unordered.toSorted((one, other) => (one.unified < other.unified ? -1 : 1));
  const pixels = Buffer.concat(chosen.map((one) => one.pixels));
  save(`${part}-images-idx3-ubyte.gz`, formatIdx([chosen.length, ...task.image], pixels));
  save(`${part}-labels-idx1-ubyte.gz`, formatIdx([chosen.length], Uint8Array.from(chosen, ({ label }) => label)));
  const sizes = task.classes.map((_, label) => chosen.filter((one) => one.label === label).length);
  console.log(`${part}: ${chosen.length} pictures, by group ${sizes.join(", ")}`);
  if (part === "train") console.log(`scale: ${JSON.stringify(scaleOf(pixels))}`);
}

/** Mean and deviation of each channel, of pixels 0..1, to four digits: what task.json holds. */
function scaleOf(pixels) {
  const channels = [0, 1, 2].map((channel) => pixels.filter((_, at) => at % 3 === channel));
  const mean = channels.map((values) => values.reduce((sum, value) => sum + value / 255, 0) / values.length);
  const std = channels.map((values, channel) =>
    Math.sqrt(values.reduce((sum, value) => sum + (value / 255 - mean[channel]) ** 2, 0) / values.length),
  );
  const rounded = (values) => values.map((value) => Math.round(value * 1e4) / 1e4);
  return { mean: rounded(mean), std: rounded(std) };
}

function save(name, bytes) {
  const zipped = gzipSync(bytes, { level: 9 });
  // Byte 9 of a gzip header names the operating system that zipped; 255 is "unknown", anywhere. The time is 0 already.
  zipped[9] = 255;
  writeFileSync(join(target, name), zipped);
  console.log(`${name}: ${bytes.length} bytes, ${zipped.length} zipped`);
}
