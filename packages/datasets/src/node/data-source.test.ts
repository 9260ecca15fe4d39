import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { places } from "@tributary/platform";
import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { formatIdx } from "../idx.ts";
import { readDataSource } from "./data-source.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "source-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(name: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), bytes);
}

/** A picture of one colour. */
function rgba(side: number, [red, green, blue]: readonly [number, number, number], alpha = 255): Buffer {
  return Buffer.from(Array.from({ length: side * side }, () => [red, green, blue, alpha]).flat());
}

function png(side: number, color: readonly [number, number, number], alpha = 255): Buffer {
  const image = new PNG({ width: side, height: side });
  image.data = rgba(side, color, alpha);
  return PNG.sync.write(image);
}

const jpg = (side: number, color: readonly [number, number, number]): Buffer =>
  jpeg.encode({ width: side, height: side, data: rgba(side, color) }, 100).data;

const record = (label: number, value: number) => Uint8Array.of(label, ...new Uint8Array(3072).fill(value));

async function putCifar(): Promise<void> {
  for (const batch of [1, 2, 3, 4, 5]) {
    await put(`data_batch_${batch}.bin`, Buffer.concat([record(batch, 10 * batch), record(0, 1)]));
  }
  await put("test_batch.bin", record(9, 200));
}

test("[D13] CIFAR-10's five batches become the training set in order, with the classes' names and known numbers", async () => {
  await putCifar();
  const { train, test, classNames, preprocessing } = await readDataSource(folder);
  expect(train).toMatchObject({ image: [32, 32, 3], classes: 10, count: 10 });
  expect([...train.labels]).toEqual([1, 0, 2, 0, 3, 0, 4, 0, 5, 0]);
  expect(train.pixels[2 * 3072]).toBe(20);
  expect(test).toMatchObject({ count: 1, labels: Uint8Array.of(9) });
  expect(classNames[9]).toBe("truck");
  expect(preprocessing).toEqual({ mean: Array(3).fill(0.4734), std: Array(3).fill(0.2516) });
});

test("[D28] CIFAR-100 is read with its names, a file cut at a record is named, and the pickled version refused", async () => {
  const fine = (label: number, value: number) => Buffer.concat([Uint8Array.of(7), record(label, value)]);
  await put("train.bin", Buffer.concat([fine(99, 5), fine(0, 6)]));
  await put("test.bin", fine(0, 8));
  const { train, classNames, notes } = await readDataSource(folder);
  expect(train).toMatchObject({ image: [32, 32, 3], classes: 100, count: 2 });
  expect(classNames[99]).toBe("worm");
  expect(notes[0]).toMatch(
    /train.bin holds 2 images, the published file 50000: if it is not your own, download/,
  );
  expect(notes[2]).toMatch(/no training examples of "aquarium_fish", .* and 88 more: 98 of 100 classes/);
  await rm(join(folder, "train.bin"));
  await put("train", Uint8Array.of(0x80, 2));
  await put("test", Uint8Array.of(0x80, 2));
  await expect(readDataSource(folder)).rejects.toThrow(
    /train: expected CIFAR's binary version, .*pickled.*download/,
  );
  await rm(join(folder, "train"));
  await put("data_batch_1", Uint8Array.of(0x80, 2));
  await put("test_batch", Uint8Array.of(0x80, 2));
  await expect(readDataSource(folder)).rejects.toThrow(/data_batch_1: .*pickled/);
});

test("[D14] a missing or damaged batch is refused with its file and value", async () => {
  await putCifar();
  await put("data_batch_3.bin", new Uint8Array(3000));
  await expect(readDataSource(folder)).rejects.toThrow(/data_batch_3.bin: expected whole .* got 3000 bytes/);
  await putCifar();
  await rm(join(folder, "test_batch.bin"));
  await expect(readDataSource(folder)).rejects.toThrow(/test_batch.bin: ENOENT/);
});

test("[D15] a folder of PNG and JPEG by class keeps its parts, and has three channels where any pixel has a colour", async () => {
  await put("train/cat/1.png", png(4, [9, 9, 9]));
  await put("train/cat/2.jpeg", jpg(4, [200, 200, 200]));
  await put("train/ant/x.png", png(4, [10, 20, 30]));
  await put("train/.DS_Store", Uint8Array.of(0));
  await put("test/ant/a.png", png(4, [1, 2, 3]));
  await put("test/cat/b.png", png(4, [0, 0, 0]));
  const { train, test, classNames } = await readDataSource(folder);
  expect(classNames).toEqual(["ant", "cat"]);
  expect(train).toMatchObject({ image: [4, 4, 3], classes: 2, count: 3 });
  expect([...train.labels]).toEqual([0, 1, 1]);
  expect([...train.pixels.subarray(0, 3)]).toEqual([10, 20, 30]);
  expect(Math.abs((train.pixels.at(-1) ?? 0) - 200)).toBeLessThan(3);
  expect(test).toMatchObject({ image: [4, 4, 3], count: 2 });
});

test("[D16] a folder without parts gives a seventh of each class to the test set, always the same images", async () => {
  for (let at = 0; at < 14; at++) {
    await put(`dark/${at}.png`, png(4, [at, at, at]));
    await put(`light/${at}.png`, png(4, [200 + at, 200 + at, 200 + at]));
  }
  const first = await readDataSource(folder);
  expect(first.train).toMatchObject({ image: [4, 4, 1], classes: 2, count: 24 });
  expect(first.test).toMatchObject({ image: [4, 4, 1], classes: 2, count: 4 });
  expect([...first.test.labels]).toEqual([0, 0, 1, 1]);
  const values = ({ pixels }: { readonly pixels: Uint8Array }) =>
    [...pixels].filter((_, at) => at % 16 === 0);
  expect(new Set([...values(first.train), ...values(first.test)]).size).toBe(28);
  expect((await readDataSource(folder)).sha256).toBe(first.sha256);
  expect(first.preprocessing.mean[0]).toBeCloseTo(
    values(first.train).reduce((a, b) => a + b, 0) / 24 / 255,
    3,
  );
});

test("[D17] what is wrong with a folder of images is said with the file and the value", async () => {
  const refusal = () => expect(readDataSource(folder)).rejects;
  await put("a/1.png", png(4, [1, 1, 1]));
  await refusal().toThrow(/expected 2..256 folders, one per class, got 1/);
  await put("b/1.png", png(5, [1, 1, 1]));
  await refusal().toThrow(/b\/1.png is 5x5, .*a\/1.png is 4x4: make all images one size/);
  await put("b/1.png", png(3, [1, 1, 1]));
  await put("a/1.png", png(3, [1, 1, 1]));
  await refusal().toThrow(/a\/1.png: expected 4..512 pixels a side, got 3x3/);
  await put("a/1.png", png(4, [1, 1, 1]));
  await put("b/1.png", png(4, [1, 1, 1]));
  await refusal().toThrow(/expected 2 images of a class to split off a test set, got 2 of as many classes/);
  await put("train/a/1.png", png(4, [1, 1, 1]));
  await refusal().toThrow(/expected the folders test and train and no other, got a, b beside train/);
  await expect(readDataSource(join(folder, "nowhere"))).rejects.toThrow(/ENOENT.*nowhere/);
});

test("[D17] files that give no picture are left out and named, with what to do; if all are, the folder is refused", async () => {
  await put("a/1.png", png(4, [1, 1, 1]).subarray(0, 40));
  await put("b/1.png", Buffer.from("<html>"));
  await expect(readDataSource(folder)).rejects.toThrow(
    /expected pictures, got none that can be read. .*a\/1.png: .* cut/,
  );
  for (const name of ["a/2.png", "a/3.png", "b/2.png", "b/3.png"]) await put(name, png(4, [9, 9, 9]));
  await put("notes.txt", Buffer.from("hello"));
  await put("b/Thumbs.db", Buffer.from("x"));
  await put("c/1.png", new Uint8Array());
  const { train, test, notes } = await readDataSource(folder);
  expect([train.count, test.count]).toEqual([2, 2]);
  const expected = [
    /b\/Thumbs.db: 1 left out, made by a system/,
    /source-[^/]*: 1 left out, documents/,
    /a\/1.png: left out. The PNG file is cut/,
    /b\/1.png: left out. The file is a web page/,
    /c\/1.png: left out. The file is empty/,
    /no training examples of "c": 1 of 3 classes/,
    /no test examples of "c"/,
  ];
  expect(notes).toHaveLength(expected.length);
  for (const [at, pattern] of expected.entries()) expect(notes[at]).toMatch(pattern);
});

test("[D18] Fashion-MNIST has its classes' names and the paper's numbers, other IDX files their own", async () => {
  const shipped = places.fashionMnist;
  const fashion = await readDataSource(shipped);
  expect(fashion.preprocessing).toEqual({ mean: [0.1307], std: [0.3081] });
  expect(fashion.classNames[9]).toBe("Ankle boot");
  for (const part of ["train", "t10k"]) {
    await put(`${part}-images-idx3-ubyte`, formatIdx([2, 4, 4], new Uint8Array(32).fill(51)));
    await put(`${part}-labels-idx1-ubyte`, formatIdx([2], Uint8Array.of(0, 2)));
  }
  expect(await readDataSource(folder)).toMatchObject({
    classNames: ["class 0", "class 1", "class 2"],
    preprocessing: { mean: [0.2], std: [1] },
    notes: [
      'no training examples of "class 1": 1 of 3 classes',
      'no test examples of "class 1": 1 of 3 classes',
    ],
  });
});
