import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DamagedCheckpoint, openCheckpointFolder } from "./checkpoint-folder.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "checkpoint-"));
});
afterEach(() => rm(folder, { recursive: true }));

const binaries = async () => (await readdir(folder)).filter((name) => name.endsWith(".bin")).sort();

test("[Q6] a value comes back to the last bit", async () => {
  const plain = fc.oneof(
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  );
  const arrays = fc.oneof(fc.float32Array(), fc.float64Array(), fc.uint8Array());
  let withArrays = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        plain,
        list: fc.array(plain),
        arrays: fc.array(arrays),
        map: fc.array(fc.tuple(fc.string(), arrays)).map((entries) => new Map(entries)),
      }),
      async (value) => {
        await openCheckpointFolder(folder).write(value);
        expect(await openCheckpointFolder(folder).read()).toEqual(value);
        if (value.arrays.length > 0 || value.map.size > 0) withArrays += 1;
      },
    ),
    { numRuns: 60 },
  );
  expect(withArrays).toBeGreaterThan(20);
});

test("[Q6] only new arrays are written, and those no longer named are removed", async () => {
  const [kept, replaced, added] = [new Float32Array(8), new Float32Array(8), new Float32Array(8)];
  const store = openCheckpointFolder(folder);
  await store.write({
    clients: new Map([
      ["a", kept],
      ["b", replaced],
    ]),
  });
  const before = await stat(join(folder, "1.bin"));
  await store.write({
    clients: new Map([
      ["a", kept],
      ["b", added],
    ]),
  });
  expect(await binaries()).toEqual(["1.bin", "3.bin"]);
  expect((await stat(join(folder, "1.bin"))).mtimeMs).toBe(before.mtimeMs);
  // Also by a store that has only read the folder.
  const later = openCheckpointFolder(folder);
  const read = (await later.read()) as { clients: Map<string, Float32Array> };
  await later.write(read);
  expect(await binaries()).toEqual(["1.bin", "3.bin"]);
});

test("[Q7] files that a kill left behind change nothing, and damage is told from content", async () => {
  const store = openCheckpointFolder(folder);
  expect(await store.read()).toBeNull();
  await store.write({ a: Float32Array.of(1, 2) });
  await writeFile(join(folder, "2.bin"), "half a file");
  await writeFile(join(folder, "checkpoint.json.tributary-draft"), "{");
  expect(await openCheckpointFolder(folder).read()).toEqual({ a: Float32Array.of(1, 2) });

  const index = await readFile(join(folder, "checkpoint.json"), "utf8");
  for (const [name, content, reason] of [
    ["1.bin", Buffer.alloc(8), /the hash of 1.bin is another/],
    ["checkpoint.json", index.slice(0, 40), /checkpoint.json is damaged/],
    ["checkpoint.json", index.replace("1.bin", "2.bin"), /hash is another/],
  ] as const) {
    const right = await readFile(join(folder, name));
    await writeFile(join(folder, name), content);
    const reading = openCheckpointFolder(folder).read();
    await expect(reading).rejects.toThrow(DamagedCheckpoint);
    await expect(reading).rejects.toThrow(reason);
    await writeFile(join(folder, name), right);
  }
  await rm(join(folder, "1.bin"));
  await expect(openCheckpointFolder(folder).read()).rejects.toThrow(/damaged: ENOENT/);
});

test("[Q6] a number that JSON would lose is refused", async () => {
  await expect(openCheckpointFolder(folder).write({ loss: Number.NaN })).rejects.toThrow("got NaN");
});
