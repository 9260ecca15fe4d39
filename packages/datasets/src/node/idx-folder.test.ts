import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { places } from "@tributary/platform";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeExamples } from "../examples.ts";
import { formatIdx } from "../idx.ts";
import { stratifiedSubset } from "../stratified-subset.ts";
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
    /train-images-idx3-ubyte: expected 2 labels.*got shape \[3\]/,
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
    expect(first).toHaveLength(count);
    expect(stratifiedSubset(dataset, count)).toEqual(takeExamples(dataset, first));
  }
});
