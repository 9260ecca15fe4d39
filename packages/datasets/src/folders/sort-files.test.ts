import { createRng, permutation } from "@tributary/model";
import { expect, test } from "vitest";
import { leftOutWords } from "./left-out-words.ts";
import { type FolderMapping, sortFiles } from "./sort-files.ts";

const pets = ["cat", "dog", "owl"];

type Options = { readonly mapping?: FolderMapping; readonly part?: "train" | "test" };

/** Lines: "label path", "? folder: files (labels)", "- reason folder: files". */
function sorted(
  paths: readonly string[],
  classNames: readonly string[],
  options: Options = {},
): readonly string[] {
  const { files, undecided, leftOut } = sortFiles({
    files: paths.map((path) => ({ path })),
    classNames,
    ...options,
  });
  return [
    ...files.map(({ label, path }) => `${label} ${path}`),
    ...undecided.map((one) => `? ${one.folder}: ${one.files.length} (${one.suggestions.join(" ")})`),
    ...leftOut.map(({ reason, folder, files: some }) => `- ${reason} ${folder}: ${some.length}`),
  ];
}

test("[E27] the folder that holds a picture names its class, and CLASS/images/1.png is read as Tiny ImageNet has it", () => {
  expect(sorted(["mine/dog/b.png", "mine/cat/a.JPG", "x/y/owl/c"], pets)).toEqual([
    "0 mine/cat/a.JPG",
    "1 mine/dog/b.png",
    "2 x/y/owl/c",
  ]);
  const tiny = ["cat/images/a.png", "dog/images/a.png", "owl/images/a.png", "owl/owl_boxes.txt"];
  expect(sorted(tiny, pets)).toEqual([
    "0 cat/images/a.png",
    "1 dog/images/a.png",
    "2 owl/images/a.png",
    "- document owl: 1",
  ]);
  expect(sorted(["images/a.png", "text/images/b.png"], ["images", "text"])).toEqual([
    "0 images/a.png",
    "0 text/images/b.png",
  ]);
});

test("[E27] names are matched as their rules say: signs, emoji and both Unicode forms, and numbers are asked about", () => {
  expect(sorted(["🐱/a.png", "🐶/a.png", "🦉/a.png"], ["🐱", "🐶", "🦉"])).toEqual([
    "0 🐱/a.png",
    "1 🐶/a.png",
    "2 🦉/a.png",
  ]);
  expect(sorted(["C/a.png", "C++/a.png", "C#/a.png"], ["C", "C++", "C#"])).toEqual([
    "2 C#/a.png",
    "1 C++/a.png",
    "0 C/a.png",
  ]);
  const german = ["Café", "Müll", "한국"];
  const decomposed = german.map((name) => `${name}/a.png`.normalize("NFD"));
  expect(sorted(decomposed, german)).toEqual(decomposed.map((path, label) => `${label} ${path}`));
  expect(sorted(["1/a.png", "2/a.png", "3/a.png"], pets)).toEqual([
    "? 1: 1 (0 1)",
    "? 2: 1 (1 2)",
    "? 3: 1 (2)",
  ]);
  expect(sorted(["class 0/a.png", "class_1/a.png", "2 owl/a.png"], pets)).toEqual([
    "? 2 owl: 1 (2)",
    "? class 0: 1 (0)",
    "? class_1: 1 (1)",
  ]);
});

const nested = ["train", "val", "test"].flatMap((part) => pets.map((name) => `nested/${part}/${name}/a.png`));

test("[D23] validation and test parts are left out and named; the server reads the test part by itself", () => {
  expect(sorted(nested, pets)).toEqual([
    "0 nested/train/cat/a.png",
    "1 nested/train/dog/a.png",
    "2 nested/train/owl/a.png",
    "- other-part nested/test: 3",
    "- other-part nested/val: 3",
  ]);
  expect(sorted(nested, pets, { part: "test" }).slice(0, 4)).toEqual([
    "0 nested/test/cat/a.png",
    "1 nested/test/dog/a.png",
    "2 nested/test/owl/a.png",
    "- other-part nested/train: 3",
  ]);
  const others = ["Training/cat/a.png", "VALID/cat/b.png", "validation/dog/c.png", "test/images/d.png"];
  expect(sorted(others, pets)).toEqual([
    "0 Training/cat/a.png",
    "- other-part VALID: 1",
    "- other-part test: 1",
    "- other-part validation: 1",
  ]);
  // A folder that everything lies in was chosen on purpose.
  expect(sorted(["test/cat/a.png", "test/dog/a.png", "test/._x"], pets).slice(0, 2)).toEqual([
    "0 test/cat/a.png",
    "1 test/dog/a.png",
  ]);
});

test("[D23] a class called train or test is a class, also beside parts of these names", () => {
  const vehicles = ["bus", "train", "test"];
  expect(sorted(["bus/a.png", "train/a.png", "test/images/a.png"], vehicles)).toEqual([
    "0 bus/a.png",
    "2 test/images/a.png",
    "1 train/a.png",
  ]);
  expect(
    sorted(["train/bus/a.png", "train/train/a.png", "test/train/b.png", "test/test/b.png"], vehicles),
  ).toEqual(["0 train/bus/a.png", "1 train/train/a.png", "- other-part test: 2"]);
  expect(sorted(["bus/a.png", "test/hats/a.png"], vehicles)).toEqual(["0 bus/a.png", "? hats: 1 (2)"]);
});

test("[D24] what systems leave behind is no picture, wherever it lies", () => {
  const junk = [
    ...[".DS_Store", ".Trashes/cat/old.png", "$RECYCLE.BIN/cat/old.png", "__MACOSX/cat/._a.png"],
    ...[
      "@eaDir/cat/SYNOPHOTO_THUMB.jpg",
      "cat/.hidden/c.png",
      "cat/Thumbs.db",
      "cat/._b.png",
      "cat/@eaDir/x.jpg",
    ],
    ...["dog/desktop.ini", "System Volume Information/a.png", "#recycle/dog/b.png", "dog/EHTHUMBS.DB"],
  ];
  const lines = sorted([...junk, "cat/a.png", "dog/a.png", "owl/a.PNG", "owl/b.JPEG"], pets);
  expect(lines.slice(0, 4)).toEqual(["0 cat/a.png", "1 dog/a.png", "2 owl/a.PNG", "2 owl/b.JPEG"]);
  expect(lines.slice(4).every((line) => line.startsWith("- junk "))).toBe(true);
  expect(lines).toContain("- junk cat/@eaDir: 1");
  expect(lines).toHaveLength(4 + junk.length);
  expect(sorted([".NET/a.png", ".git/b.png", ".NET/.c.png"], [".NET", "Java"])).toEqual([
    "0 .NET/a.png",
    "- junk .NET/.c.png: 1",
    "- junk .git: 1",
  ]);
});

test("[E27] a mapping decides a folder, leaves it out, or overrules a match; an impossible label is refused", () => {
  const paths = ["1/a.png", "2/a.png", "3/a.png", "cat/a.png", "__proto__/a.png"];
  const mapping = { "1": 2, "2": null, cat: 1 };
  expect(sorted(paths, pets, { mapping })).toEqual([
    "2 1/a.png",
    "1 cat/a.png",
    "? 3: 1 (2)",
    "? __proto__: 1 ()",
    "- chosen 2: 1",
  ]);
  const accented = { "Mu\u0308ll": 0 };
  expect(sorted(["M\u00fcll/a.png"], pets, { mapping: accented })).toEqual(["0 M\u00fcll/a.png"]);
  expect(() => sorted(paths, pets, { mapping: { "1": 3 } })).toThrow(
    'expected a label below 3 for the folder "1", got 3',
  );
});

test("[E27] folders of one name that may mean two classes are asked about one by one", () => {
  const paths = ["cat/left/a.png", "dog/left/a.png", "dog/2023/b.png", "hats/c.png"];
  expect(sorted(paths, pets)).toEqual([
    "? cat/left: 1 (0)",
    "? 2023: 1 (1)",
    "? dog/left: 1 (1)",
    "? hats: 1 ()",
  ]);
  expect(sorted(paths, pets, { mapping: { "cat/left": 0, "dog/left": 1, "2023": 1, hats: null } })).toEqual([
    "0 cat/left/a.png",
    "1 dog/2023/b.png",
    "1 dog/left/a.png",
    "- chosen hats: 1",
  ]);
});

test("[E27] files beside the classes' folders are named, never guessed, and every reason says what to do", () => {
  expect(sorted(["a.png", "notes.txt", "train/b.png", "val/cat/c.png", "train/cat/d.png"], pets)).toEqual([
    "0 train/cat/d.png",
    "- no-class-folder : 1",
    "- document : 1",
    "- no-class-folder train: 1",
    "- other-part val: 1",
  ]);
  for (const reason of ["junk", "document", "other-part", "no-class-folder", "chosen"] as const) {
    expect(leftOutWords(reason)).toMatch(/^\w.{10,}/);
  }
});

test("[E27] the answer does not depend on the order in which a system lists the files", () => {
  const paths = [
    ...nested,
    "cat/a.png",
    "1/a.png",
    "c-a-t/b.png",
    "cat/Thumbs.db",
    "Mu\u0308ll/x.png",
    "z.png",
  ];
  const expected = sorted(paths, pets);
  const rng = createRng(3);
  for (let order = 0; order < 50; order++) {
    const listed = [...permutation(paths.length, rng)].map((at) => paths[at] as string);
    expect(sorted(listed, pets)).toEqual(expected);
  }
  expect(expected.filter((line) => /^[?-]/.test(line)).length).toBeGreaterThan(4);
});
