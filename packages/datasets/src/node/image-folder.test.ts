import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PNG } from "pngjs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { USUAL_RULES } from "../../testing/index.ts";
import { readDataSource } from "./data-source.ts";
import type { PictureTask } from "./image-folder.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pictures-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Pictures of one grey value, 0 first; each path is one higher. */
async function putPictures(paths: readonly string[], side: (at: number) => number = () => 6): Promise<void> {
  for (const [at, path] of paths.entries()) {
    const image = new PNG({ width: side(at), height: side(at) });
    for (let pixel = 0; pixel < side(at) ** 2; pixel++) image.data.set([at, at, at, 255], 4 * pixel);
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), PNG.sync.write(image));
  }
}

const taskOf = (...classes: string[]): PictureTask => ({ classes, image: [4, 4, 1], picture: USUAL_RULES });
const pets = taskOf("cat", "dog", "owl");

/** "label:value" of every training and test picture, in order of the values. */
async function examples(task: PictureTask | null) {
  const { train, test, classNames, notes } = await readDataSource(folder, task);
  const size = train.pixels.length / train.count;
  const found = [train, test].map(({ pixels, labels }) =>
    [...labels].map((label, at) => `${label}:${pixels[at * size]}`),
  );
  return { train: found[0], test: found[1], all: found.flat().sort(), classNames, notes };
}

test.each([
  ["emoji", ["🐱", "🐶", "🦉"], "NFC"],
  ["signs", ["C", "C++", "C#"], "NFC"],
  ["decomposed", ["Café", "Müll", "한국"], "NFD"],
  ["composed", ["Café", "Müll", "한국"], "NFC"],
  ["parts", ["train", "test", "val"], "NFC"],
] as const)(
  "[D20] folders named by %s each give their own class, in one folder and in train and test",
  async (_, names, form) => {
    const task = taskOf(...names);
    const folders = names.map((name) => name.normalize(form));
    await putPictures(folders.flatMap((name) => [`${name}/a.png`, `${name}/b.png`]));
    expect((await examples(task)).all).toEqual(["0:0", "0:1", "1:2", "1:3", "2:4", "2:5"]);
    await rm(folder, { recursive: true });
    await putPictures([
      ...names.map((name) => `train/${name}/a.png`),
      ...folders.map((name) => `test/${name}/a.png`),
    ]);
    const { train, test: tested, classNames } = await examples(null);
    expect(classNames).toEqual([...names].sort());
    const label = (name: string) => classNames.indexOf(name);
    expect(train?.sort()).toEqual(names.map((name, at) => `${label(name)}:${at}`).sort());
    expect(tested?.sort()).toEqual(names.map((name, at) => `${label(name)}:${at + 3}`).sort());
  },
);

test.each([
  [["1", "2", "3"], /got "1", "2", "3": rename them/],
  [["class 0", "class_1", "2 owl"], /got "2 owl", "class 0", "class_1"/],
  [["00", "01", "002"], /got "00", "002", "01"/],
])("[D22] folders %j are asked about, not guessed, on a server", async (names, message) => {
  await putPictures(names.map((name) => `${name}/a.png`));
  await expect(readDataSource(folder, pets)).rejects.toThrow(message);
});

test("[D23] the training part is trained on, the test part is the test set, the validation part is named", async () => {
  const paths = ["train", "val", "test"].flatMap((part) =>
    ["cat", "dog", "owl"].map((name) => `${part}/${name}/a.png`),
  );
  await putPictures(paths);
  const found = await examples(pets);
  expect(found.train).toEqual(["0:0", "1:1", "2:2"]);
  expect(found.test).toEqual(["0:6", "1:7", "2:8"]);
  expect(found.notes).toEqual([expect.stringMatching(/val: 3 left out, in a part kept for validation/)]);
  expect(await examples(null)).toEqual({ ...found, classNames: ["cat", "dog", "owl"] });
});

test("[D23] CLASS/images is read, and junk is left out", async () => {
  await putPictures([
    ...["cat/images/a.png", "dog/images/a.png", "owl/images/a.png", "owl/images/b.png"],
    ...["$RECYCLE.BIN/cat/old.png", "@eaDir/cat/x.png", "__MACOSX/cat/._a.png", ".Trashes/cat/old.png"],
  ]);
  const found = await examples(null);
  expect(found.all).toEqual(["0:0", "1:1", "2:2", "2:3"]);
  expect(found.notes.filter((note) => note.includes("made by a system"))).toHaveLength(4);
});

test("[D30] pictures of any size become the task's, and classes without a folder are named", async () => {
  await putPictures(["cat/a.png", "cat/b.png", "dog/a.png"], (at) => 5 + 20 * at);
  await expect(readDataSource(folder)).rejects.toThrow(
    /b.png is 25x25, .*a.png is 5x5: make all images one size/,
  );
  const { train, test: tested, classNames, notes } = await readDataSource(folder, pets);
  expect(train.image).toEqual([4, 4, 1]);
  expect([...train.labels, ...tested.labels].sort()).toEqual([0, 0, 1]);
  expect(classNames).toEqual(["cat", "dog", "owl"]);
  expect(notes).toEqual([
    'no training examples of "owl": 1 of 3 classes',
    'no test examples of "dog", "owl": 2 of 3 classes',
  ]);
});

test("[D30] a test part may lack a class, and have one that the training part lacks", async () => {
  await putPictures(["train/cat/a.png", "train/dog/b.png", "test/dog/c.png", "test/owl/d.png"]);
  const { train, test: tested, classNames, notes } = await examples(null);
  expect(classNames).toEqual(["cat", "dog", "owl"]);
  expect([train, tested]).toEqual([
    ["0:0", "1:1"],
    ["1:2", "2:3"],
  ]);
  expect(notes).toEqual([
    'no training examples of "owl": 1 of 3 classes',
    'no test examples of "cat": 1 of 3 classes',
  ]);
});

test("[D31] links to folders and files are followed once, circles end, and what is not followed is named", async () => {
  await putPictures(["store/kitten/a.png", "store/kitten/b.png", "data/dog/c.png", "data/dog/d.png"]);
  const data = join(folder, "data");
  await symlink(join(folder, "store/kitten"), join(data, "cat"));
  await symlink(data, join(data, "dog/around"));
  await symlink(join(data, "dog"), join(data, "hound"));
  await symlink(join(folder, "gone"), join(data, "owl"));
  await symlink(join(folder, "store/kitten/a.png"), join(data, "dog/e.png"));
  await mkdir(join(data, "empty"));
  const { train, test: tested, classNames, notes } = await readDataSource(data);
  expect(classNames).toEqual(["cat", "dog"]);
  expect([...train.labels, ...tested.labels].sort()).toEqual([0, 0, 1, 1, 1]);
  expect(notes.map((note) => note.slice(data.length + 1).split(":")[0])).toEqual([
    "empty",
    "dog/around",
    "hound",
    "owl",
  ]);
});

test("[D17] two class folders whose names nobody can tell apart are refused", async () => {
  await putPictures(["❤/a.png", "❤\ufe0f/b.png"]);
  await expect(readDataSource(folder)).rejects.toThrow(/must differ visibly from every other class name/);
});
