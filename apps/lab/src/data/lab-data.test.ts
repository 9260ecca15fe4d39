import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { places } from "@tributary/platform";
import { expect, test } from "vitest";
import { readLabData } from "./lab-data.ts";

const read = (name: string, column: string | null = null) =>
  readLabData(join(places.datasets, name), {
    split: column === null ? null : { kind: "column", column },
    pictures: null,
  });

test("[M21] the folders of the shipped tasks are read with their tasks", async () => {
  const emoji = await read("emoji");
  expect(emoji).toMatchObject({ isOwnTask: true, task: { id: "emoji", version: 1 }, groups: null });
  expect(emoji.train).toMatchObject({ kind: "images", image: [32, 32, 3], classes: 9, count: 1633 });
  expect(emoji.test.count).toBe(273);
  const fashion = await read("fashion-mnist");
  expect(fashion).toMatchObject({ isOwnTask: false, task: { image: [28, 28, 1] } });
  expect(await read("letters")).toMatchObject({ isOwnTask: true, train: { kind: "rows", classes: 26 } });
  expect(await read("ames-housing")).toMatchObject({ train: { kind: "value-rows" } });
});

test("[M21] the column of a split is read beside the rows, and changes none of them", async () => {
  const [plain, grouped] = [await read("lending-club"), await read("lending-club", "addr_state")];
  expect(new Set(grouped.groups).size).toBe(50);
  expect(grouped.groups).toHaveLength(grouped.train.count);
  expect(grouped.sha256).toBe(plain.sha256);
  await expect(read("emoji", "addr_state")).rejects.toThrow(
    "expected a table to split by addr_state, got pictures",
  );
});

test("[M21] a task.json that is none, or of other data, is named with what is wrong", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lab-data-"));
  try {
    await writeFile(join(folder, "train-images-idx3-ubyte"), "");
    await writeFile(join(folder, "task.json"), "{");
    const reading = () => readLabData(folder, { split: null, pictures: null });
    await expect(reading()).rejects.toThrow(join(folder, "task.json"));
    await writeFile(join(folder, "task.json"), "{}");
    await expect(reading()).rejects.toThrow(/task.json: .*is missing/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
