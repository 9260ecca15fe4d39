import { places } from "@tributary/platform";
import type { Task } from "@tributary/protocol";
import { expect, test } from "vitest";
import { openDatasets } from "./datasets.ts";
import { readTableTask } from "./table-folder.ts";

test("[F18] a server offers its folders of rows, and lends and measures classes and numbers alike", async () => {
  const log: string[] = [];
  const datasets = openDatasets(places.datasets, (message) => log.push(message));
  const listed = await datasets.list();
  const tables = listed.filter(({ name }) => ["ames-housing", "lending-club", "letters"].includes(name));
  expect(tables).toEqual([
    { name: "ames-housing", image: null, classes: 1, train: 2344, test: 586 },
    { name: "lending-club", image: null, classes: 2, train: 7886, test: 1971 },
    { name: "letters", image: null, classes: 26, train: 16_000, test: 4000 },
  ]);
  const taskOf = async (name: string) =>
    ({ ...(await readTableTask(`${places.datasets}/${name}`)), version: 1 }) as Task;
  const letters = await taskOf("letters");
  expect(await datasets.test("letters", letters)).toMatchObject({ kind: "rows", count: 4000, features: 16 });
  expect(await datasets.summary("letters", letters)).toEqual(tables[2]);
  const prices = await taskOf("ames-housing");
  expect(await datasets.summary("ames-housing", prices)).toEqual(tables[0]);
  expect(await datasets.test("ames-housing", prices)).toMatchObject({ kind: "value-rows", count: 586 });
  expect(await datasets.train("letters", letters)).toMatchObject({ kind: "rows", count: 16_000 });
  await expect(datasets.read("letters", letters)).rejects.toThrow(/a task on pictures/);
  expect(log.filter((line) => /letters|lending|ames/.test(line))).toEqual([]);
});
