import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readIfThere, readTextIfThere } from "./read-if-there.ts";

test("a missing file is null, another obstacle an error, and an empty file no bytes", async () => {
  const folder = await mkdtemp(join(tmpdir(), "read-"));
  await writeFile(join(folder, "empty"), "");
  expect(await readIfThere(join(folder, "missing"))).toBeNull();
  expect(await readTextIfThere(join(folder, "empty"))).toBe("");
  await expect(readIfThere(folder)).rejects.toThrow(/EISDIR/);
  await rm(folder, { recursive: true });
});
