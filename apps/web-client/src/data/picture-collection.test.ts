import type { NetworkInput } from "@tributary/datasets";
import { expect, test } from "vitest";
import type { PickedFile } from "./folder-entries.ts";
import { createPictureCollection } from "./picture-collection.ts";

const task: { image: [number, number, 1]; classes: string[] } = { image: [4, 4, 1], classes: ["cat", "dog"] };

/** A file's bytes are all of its first one; 255 is a file that gives no picture. */
function collection() {
  const decoded: number[] = [];
  const collected = createPictureCollection(task, async ([first = 0]): Promise<NetworkInput> => {
    decoded.push(first);
    if (first === 255) return { outcome: "left-out", reason: "heic", message: "a HEIC photo" };
    const source = { format: "png", width: 4, height: 4, orientation: 1, notes: [] } as const;
    return { outcome: "picture", pixels: new Uint8Array(16).fill(first), source };
  });
  return { ...collected, decoded };
}

const picked = (path: string, byte: number, label: number | null = null): PickedFile => ({
  path,
  file: new Blob([Uint8Array.of(byte)]),
  label,
});
const always = { isWanted: () => true, onProgress: () => undefined };
const firstBytes = (pixels: Uint8Array) => Array.from(pixels).filter((_, at) => at % 16 === 0);

test("[E27] a folder without a decision is asked about, and its pictures wait until it is mapped", async () => {
  const pictures = collection();
  pictures.add(1, [picked("my/cat/a.png", 1), picked("my/rex/b.png", 2), picked("my/rex/c.png", 3)]);
  const asked = await pictures.read({ mapping: {}, ...always });
  expect(asked?.dataset.count).toBe(1);
  expect(asked?.undecided).toEqual([{ folder: "rex", suggestions: [], files: 2 }]);

  const mapped = await pictures.read({ mapping: { rex: 1 }, ...always });
  expect(mapped?.dataset.labels).toEqual(Uint8Array.of(0, 1, 1));
  expect(firstBytes(mapped?.dataset.pixels ?? new Uint8Array())).toEqual([1, 2, 3]);
  // Still listed, so that the choice can be changed; and no file was decoded twice.
  expect(mapped?.undecided).toHaveLength(1);
  expect(pictures.decoded).toEqual([1, 2, 3]);

  const left = await pictures.read({ mapping: { rex: null }, ...always });
  expect(left?.dataset.count).toBe(1);
  expect(left?.leftOut.map(({ count, names }) => ({ count, names }))).toEqual([
    { count: 2, names: ["my/rex/b.png", "my/rex/c.png"] },
  ]);
});

test("[E27] files of a chosen class need no folder, and what gives no picture is named with what to do", async () => {
  const pictures = collection();
  pictures.add(1, [picked("IMG_1.jpg", 7, 1), picked("IMG_2.heic", 255, 1)]);
  pictures.add(2, [picked("IMG_1.jpg", 9, 0)]);
  const collected = await pictures.read({ mapping: {}, ...always });
  expect(collected?.dataset.labels).toEqual(Uint8Array.of(1, 0));
  expect(collected?.leftOut).toEqual([
    { words: "a HEIC photo", folder: "", count: 1, names: ["IMG_2.heic"] },
  ]);
});

test("[E36] a reading that is given up ends before the next file, and its files are taken out again", async () => {
  const pictures = collection();
  pictures.add(
    1,
    Array.from({ length: 500 }, (_, at) => picked(`cat/${at}.png`, at % 200)),
  );
  let asked = 0;
  const isWanted = () => ++asked <= 20;
  expect(await pictures.read({ mapping: {}, isWanted, onProgress: () => undefined })).toBeNull();
  expect(pictures.decoded).toHaveLength(20);
  pictures.drop(1);
  pictures.add(2, [picked("dog/1.png", 4)]);
  expect((await pictures.read({ mapping: {}, ...always }))?.dataset.labels).toEqual(Uint8Array.of(1));
});

test("[E27] a file that has gone since it was picked is left out by name", async () => {
  const pictures = collection();
  const gone = new Blob(["png"]);
  gone.arrayBuffer = () => Promise.reject(new Error("NotFoundError"));
  pictures.add(1, [{ path: "cat/gone.png", file: gone, label: null }]);
  const collected = await pictures.read({ mapping: {}, ...always });
  expect(collected?.leftOut[0]?.words).toContain("can no longer be read (NotFoundError)");
});
