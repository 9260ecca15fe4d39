import { definitionOf, fashionMnistTask, type TaskDefinition } from "@tributary/protocol";
import { expect, test } from "vitest";
import type { Opened } from "./storage-under-test.ts";

const first = definitionOf(fashionMnistTask);
const second: TaskDefinition = { ...first, texts: { ...first.texts, title: "Other words" } };

export function taskContract(opened: Opened): void {
  test("[S45] a task's versions count from 1, are never changed, and are found by id and version", async () => {
    const { storage, other } = opened();
    expect(await storage.tasks.add(first)).toBe(1);
    expect(await storage.tasks.add(second)).toBe(2);
    expect(await other.tasks.find({ id: first.id, version: 1 })).toEqual({ ...first, version: 1 });
    expect(await other.tasks.find({ id: first.id, version: 2 })).toEqual({ ...second, version: 2 });
    expect(await storage.tasks.find({ id: first.id, version: 3 })).toBeNull();
    expect(await storage.tasks.find({ id: "no-such-task", version: 1 })).toBeNull();

    expect(await storage.tasks.add({ ...first, id: "another" })).toBe(1);
    const newest = await storage.tasks.list();
    expect(newest.map(({ task: { id, version } }) => [id, version])).toEqual([
      ["another", 1],
      [first.id, 2],
    ]);
    const versions = await storage.tasks.versions(first.id);
    expect(versions).toEqual([
      { task: { ...second, version: 2 }, createdAt: expect.any(Date) },
      { task: { ...first, version: 1 }, createdAt: expect.any(Date) },
    ]);
    expect(await storage.tasks.versions("no-such-task")).toEqual([]);
  });

  test("[S45] what the newest version says already becomes no version, whatever the order of its keys", async () => {
    const { storage } = opened();
    const turned = Object.fromEntries(Object.entries(first).reverse()) as TaskDefinition;
    expect([await storage.tasks.add(first), await storage.tasks.add(turned)]).toEqual([1, 1]);
    expect([await storage.tasks.add(second), await storage.tasks.add(first)]).toEqual([2, 3]);
    expect(await storage.tasks.add(fashionMnistTask)).toBe(3);
  });

  test("[S45] of many that add at once each gets its own version, and equal ones share one", async () => {
    const { storage, other } = opened();
    const titled = (title: string): TaskDefinition => ({ ...first, texts: { ...first.texts, title } });
    const same = await Promise.all([storage, other, storage, other].map(({ tasks }) => tasks.add(first)));
    expect(same).toEqual([1, 1, 1, 1]);
    const titles = ["a", "b", "c", "d"];
    const added = await Promise.all(
      titles.map((title, at) => (at % 2 === 0 ? storage : other).tasks.add(titled(title))),
    );
    expect(added.sort()).toEqual([2, 3, 4, 5]);
  });
}
