/** The built command as a user runs it. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { definitionOf, fashionMnistTask } from "@tributary/protocol";
import { openTestDatabase, type TestDatabase } from "@tributary/storage/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const entry = fileURLToPath(new URL("../../dist/commands/task.js", import.meta.url));

describe("the task command", { timeout: 240_000 }, () => {
  let database: TestDatabase;
  let directory: string;
  beforeAll(async () => {
    database = await openTestDatabase();
    directory = await mkdtemp(join(tmpdir(), "tributary-task-command-"));
  });
  afterAll(async () => {
    await database.close();
    await rm(directory, { recursive: true, force: true });
  });

  const run = (...args: readonly string[]) => {
    const env = { PATH: process.env.PATH ?? "", DATABASE_URL: database.databaseUrl, INIT_CWD: directory };
    const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], {
      env,
      encoding: "utf8",
    });
    return { status, out: stdout, err: stderr };
  };
  const definition = { ...definitionOf(fashionMnistTask), id: "clothes" };
  const write = (name: string, value: unknown) =>
    writeFile(join(directory, name), typeof value === "string" ? value : JSON.stringify(value));

  it("[H39] a file is checked, imported once, listed, and exported as a file that imports as it is", async () => {
    await write("clothes.json", definition);
    expect(run("check", "clothes.json")).toMatchObject({
      status: 0,
      out: expect.stringContaining('"clothes"'),
    });
    expect((await database.storage.tasks.list()).length).toBe(0);
    const added = { status: 0, out: 'task "clothes", version 1\n' };
    expect(run("import", "clothes.json")).toMatchObject(added);
    expect(run("import", "clothes.json")).toMatchObject(added);
    await write("renamed.json", { ...definition, texts: { ...definition.texts, title: "Ours" } });
    expect(run("import", "renamed.json").out).toBe('task "clothes", version 2\n');
    expect(run("list").out).toBe("clothes  version 2  image-classification  Ours\n");

    const first = run("export", "clothes", "--version", "1");
    expect(JSON.parse(first.out)).toEqual(definition);
    await write("again.json", run("export", "clothes").out);
    expect(run("import", "again.json").out).toBe('task "clothes", version 2\n');
    const [entry] = await database.storage.audit.list(1);
    expect(entry).toMatchObject({ actor: "command line", action: "add-task" });
  });

  it("[H39] arguments and files that it cannot use are refused with status 2 and a reason", async () => {
    await write("broken.json", "{");
    await write("wrong.json", { ...definition, classes: ["one"] });
    for (const [args, reason] of [
      [["remove", "clothes"], 'expected check, import, export or list, got "remove clothes"'],
      [["check", "broken.json"], "broken.json holds no task: must be JSON"],
      [["import", "wrong.json"], "/classes must have at least 2 items"],
      [["import", "missing.json"], "missing.json cannot be read"],
      [["export", "none"], 'there is no task "none"; there are: clothes'],
    ] as const) {
      const { status, err } = run(...args);
      expect([args, status, err]).toEqual([args, 2, expect.stringContaining(reason)]);
    }
    expect(run("--help")).toMatchObject({ status: 0, out: expect.stringContaining("usage: npm run task") });
  });
});
