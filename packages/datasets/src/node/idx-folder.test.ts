import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { places, sha256 } from "@tributary/platform";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeExamples } from "../examples.ts";
import { formatIdx } from "../idx.ts";
import { subsetOf } from "../stratified-subset.ts";
import { readIdxFolder } from "./idx-folder.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "idx-"));
});
afterEach(() => rm(folder, { recursive: true }));

const images = (count: number, side: number) =>
  formatIdx([count, side, side], new Uint8Array(count * side * side));
const labels = (...values: number[]) => formatIdx([values.length], Uint8Array.from(values));
const put = (name: string, bytes: Uint8Array) => writeFile(join(folder, name), bytes);

async function putAll(side = 4): Promise<void> {
  await put("train-images-idx3-ubyte.gz", gzipSync(images(2, 4)));
  await put("train-labels-idx1-ubyte", labels(0, 2));
  await put("t10k-images-idx3-ubyte", images(1, side));
  await put("t10k-labels-idx1-ubyte.gz", gzipSync(labels(3)));
}

test("[D8] a folder may mix zipped and plain files, and has the classes of its largest label", async () => {
  await putAll();
  const { train, test } = await readIdxFolder(folder);
  expect(train).toMatchObject({ image: [4, 4, 1], classes: 4, count: 2 });
  expect(test).toMatchObject({ image: [4, 4, 1], classes: 4, count: 1 });
});

test("[D9] what is wrong with a folder is said with the file and the value", async () => {
  await expect(readIdxFolder(folder)).rejects.toThrow(
    /expected .*ubyte.gz or the same without .gz, found neither/,
  );
  await putAll(5);
  await expect(readIdxFolder(folder)).rejects.toThrow("train holds 4x4x1 images, t10k 5x5x1");
  await putAll();
  await put("train-labels-idx1-ubyte", labels(0, 1, 2));
  await expect(readIdxFolder(folder)).rejects.toThrow(
    /train-images-idx3-ubyte.gz: expected 2 labels.*got shape \[3\]/,
  );
  await put("train-labels-idx1-ubyte", Uint8Array.of(1, 2, 3));
  await expect(readIdxFolder(folder)).rejects.toThrow(
    /train-labels-idx1-ubyte: expected an IDX file.*got 01 02 03/,
  );
  await put("train-images-idx3-ubyte.gz", gzipSync(images(2, 4)).subarray(0, 20));
  await expect(readIdxFolder(folder)).rejects.toThrow(/train-images-idx3-ubyte.gz cannot be unzipped/);
});

test("[D10] the data set in the repository is 6,000 and 1,000 images of Fashion-MNIST, balanced by class", async () => {
  const { train, test } = await readIdxFolder(places.fashionMnist);
  const perClass = (labels: Uint8Array) =>
    Array.from({ length: 10 }, (_, label) => labels.filter((value) => value === label).length);
  expect(train).toMatchObject({ image: [28, 28, 1], classes: 10, count: 6000 });
  expect(test).toMatchObject({ image: [28, 28, 1], classes: 10, count: 1000 });
  expect(new Set(perClass(train.labels))).toEqual(new Set([600]));
  expect(new Set(perClass(test.labels))).toEqual(new Set([100]));
  // The mean by which the images are normalised, 0.1307, is MNIST's; Fashion-MNIST's own is 0.286.
  const mean = train.pixels.reduce((sum, pixel) => sum + pixel, 0) / train.pixels.length / 255;
  expect(mean).toBeCloseTo(0.286, 2);
});

test("[D4] a subset of Fashion-MNIST has the first examples of each class in equal numbers", async () => {
  const { train, test: tested } = await readIdxFolder(places.fashionMnist);
  const cases = [
    { dataset: train, count: 1500 },
    { dataset: train, count: 5999 },
    { dataset: tested, count: 300 },
    { dataset: tested, count: 7 },
  ];
  for (const { dataset, count } of cases) {
    const left = Array.from(
      { length: 10 },
      (_, label) => Math.floor(count / 10) + (label < count % 10 ? 1 : 0),
    );
    const first = [...dataset.labels.keys()].filter((index) => {
      const label = dataset.labels[index] as number;
      return (left[label] as number) > 0 && left.splice(label, 1, (left[label] as number) - 1).length > 0;
    });
    const [subset, expected] = [subsetOf(dataset, count), takeExamples(dataset, first)];
    expect(subset.count).toBe(count);
    expect([subset.pixels, subset.labels].map(sha256)).toEqual(
      [expected.pixels, expected.labels].map(sha256),
    );
  }
});

test("[D29] dotted names, a name before them, test for t10k, and folders of the same names are read", async () => {
  await put("emnist-letters-train-images.idx3-ubyte", images(2, 4));
  await put("emnist-letters-train-labels.idx1-ubyte.gz", gzipSync(labels(1, 3)));
  await put("test-images-idx3-ubyte", images(1, 4));
  await put("test-labels.idx1-ubyte", labels(2));
  await mkdir(join(folder, "train-images-idx3-ubyte"));
  const { train, test } = await readIdxFolder(folder);
  expect(train).toMatchObject({ image: [4, 4, 1], classes: 4, count: 2 });
  expect(test.count).toBe(1);
  await put("train-images-idx3-ubyte.gz", gzipSync(images(2, 4)));
  await expect(readIdxFolder(folder)).rejects.toThrow(
    /expected one train-images file, got emnist.*ubyte and train-images-idx3-ubyte.gz/,
  );
});

test("[D29] a little-endian file and one of another type are refused by their names; given classes bound the labels", async () => {
  await putAll();
  const little = images(1, 4);
  little.set([1, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0], 4);
  await put("t10k-images-idx3-ubyte", little);
  await expect(readIdxFolder(folder)).rejects.toThrow(
    /t10k-images-idx3-ubyte: .*little-endian sizes \[1, 4, 4\]/,
  );
  await put("t10k-images-idx3-ubyte", Uint8Array.of(0, 0, 0x0d, 3, 0, 0, 0, 0));
  await expect(readIdxFolder(folder)).rejects.toThrow(/0x0d \(32-bit float\): write the values as unsigned/);
  await putAll();
  expect((await readIdxFolder(folder, 6)).train.classes).toBe(6);
  await expect(readIdxFolder(folder, 3)).rejects.toThrow(
    "expected labels below 3, got 3 at 0: labels count from 0",
  );
});
