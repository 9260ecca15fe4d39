import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definitionOf, fashionMnistTask, type TaskDefinition } from "@tributary/protocol";
import { openTestDatabase, type TestDatabase } from "@tributary/storage/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addShippedTasks } from "./shipped-tasks.ts";

describe("the tasks that come with the server", () => {
  let database: TestDatabase;
  let directory: string;
  beforeAll(async () => {
    database = await openTestDatabase();
    directory = await mkdtemp(join(tmpdir(), "tributary-tasks-"));
  });
  afterAll(async () => {
    await database.close();
    await rm(directory, { recursive: true, force: true });
  });

  const ship = async (name: string, text: string) => {
    await mkdir(join(directory, name), { recursive: true });
    await writeFile(join(directory, name, "task.json"), text);
  };
  const start = async () => {
    const warnings: string[] = [];
    await addShippedTasks(database.storage, directory, (message) => warnings.push(message));
    const newest = await database.storage.tasks.list();
    return { warnings, tasks: newest.map(({ task }) => `${task.id} ${task.version}`) };
  };

  it("[H38] a start adds the built-in tasks and those beside data sets once, and names files that hold none", async () => {
    const { tasks } = database.storage;
    const clothes: TaskDefinition = { ...definitionOf(fashionMnistTask), id: "clothes" };
    await ship("clothes", JSON.stringify(clothes));
    await ship("broken", "{");
    await ship("wrong", JSON.stringify({ ...clothes, classes: ["one"] }));
    const shipped = ["clothes 1", "fashion-mnist 1", "fashion-mnist-paper 1"];
    const first = await start();
    expect(first.tasks).toEqual(shipped);
    expect(first.warnings).toEqual([
      expect.stringMatching(/broken.task\.json is left out: must be JSON/),
      expect.stringMatching(/wrong.task\.json is left out: \/classes must have at least 2 items/),
    ]);
    expect((await start()).tasks).toEqual(shipped);

    const changed = { ...clothes, texts: { ...clothes.texts, title: "Ours" } };
    expect(await tasks.add(changed)).toBe(2);
    expect((await start()).tasks).toEqual(["clothes 2", ...shipped.slice(1)]);
  });

  it("[H38] a server without a folder of data sets has the built-in tasks", async () => {
    await expect(
      addShippedTasks(database.storage, join(directory, "no-such-folder"), () => undefined),
    ).resolves.toBeUndefined();
  });
});
