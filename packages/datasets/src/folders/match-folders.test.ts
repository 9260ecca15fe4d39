import { createRng, permutation } from "@tributary/model";
import { expect, test } from "vitest";
import { matchFolders } from "./match-folders.ts";

/** "name -> label", or "name ? likely labels". */
function matches(folders: readonly string[], classNames: readonly string[]): readonly string[] {
  return [...matchFolders(folders, classNames)].map(([folder, match]) =>
    match.outcome === "class"
      ? `${folder} -> ${match.label}`
      : `${folder} ? ${match.suggestions.join(" ")}`.trim(),
  );
}

const pets = ["cat", "dog", "owl"];
const clothes = ["T-shirt/top", "Trouser", "Ankle boot"];

test("[D20] a folder with a class's exact name is that class, in either Unicode form and for every kind of sign", () => {
  const sets = [
    ["🐱", "🐶", "🦉"],
    ["C", "C++", "C#"],
    ["Café", "Müll", "한국"],
    ["Café".normalize("NFD"), "Müll".normalize("NFD"), "한국".normalize("NFD")],
    ["👩", "👩🏽", "👩‍🚀"],
    ["A", "A-", "A+"],
    ["Cat", "cat", "CAT"],
    ["0", "1", "2"],
    ["train", "test", "val"],
    ["constructor", "__proto__", "toString"],
    ["क", "कि", "की"],
    ["№5", "5", "#5"],
  ];
  for (const classNames of sets) {
    for (const form of ["NFC", "NFD"] as const) {
      const folders = classNames.map((name) => name.normalize(form));
      expect(matches(folders, classNames)).toEqual(folders.map((folder, label) => `${folder} -> ${label}`));
    }
  }
});

test("[D21] case, spaces, hyphens and underscores may differ where one class and one folder alone have the name", () => {
  expect(matches(["ankle-BOOT", "TROUSER"], clothes)).toEqual(["ankle-BOOT -> 2", "TROUSER -> 1"]);
  expect(matches(["Ankle_Boot", " Trouser "], clothes)).toEqual(["Ankle_Boot -> 2", " Trouser  -> 1"]);
  expect(matches(["❤\ufe0f"], ["❤", "✂"])).toEqual(["❤\ufe0f -> 0"]);
  // Two folders, or two classes, of one loose name: neither is taken.
  expect(matches(["Ankle boot", "ankle boot"], clothes)).toEqual(["Ankle boot -> 2", "ankle boot ? 2"]);
  expect(matches(["ANKLE BOOT", "ankle boot"], clothes)).toEqual(["ANKLE BOOT ? 2", "ankle boot ? 2"]);
  expect(matches(["cAt"], ["Cat", "cat", "dog"])).toEqual(["cAt ? 0 1"]);
});

test("[D21] a sign, an emoji or a combining mark is never dropped to find a class", () => {
  expect(matches(["C++"], ["C", "Java"])).toEqual(["C++ ? 0"]);
  expect(matches(["c"], ["C", "C++", "C#"])).toEqual(["c -> 0"]);
  expect(matches(["A-"], ["A", "B"])).toEqual(["A- ? 0"]);
  expect(matches(["Mull", "Cafe"], ["Müll", "Café"])).toEqual(["Mull ?", "Cafe ?"]);
  expect(matches(["🐶"], ["🐱", "🦉"])).toEqual(["🐶 ?"]);
  expect(matches(["🏴󠁧󠁢󠁳󠁣󠁴󠁿"], ["🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴"])).toEqual(["🏴󠁧󠁢󠁳󠁣󠁴󠁿 ?"]);
  expect(matches(["👨👩👧"], ["👨‍👩‍👧", "👶"])).toEqual(["👨👩👧 ?"]);
  expect(matches(["1-2"], ["12", "3"])).toEqual(["1-2 ? 0 1"]);
});

test.each([
  [["1", "2", "3"], pets, ["1 ? 0 1", "2 ? 1 2", "3 ? 2"]],
  [["0", "1", "2"], pets, ["0 ? 0", "1 ? 1", "2 ? 2"]],
  [["00", "01", "002"], pets, ["00 ? 0", "01 ? 1", "002 ? 2"]],
  [["class 0", "class_1", "2 owl"], pets, ["class 0 ? 0", "class_1 ? 1", "2 owl ? 2"]],
  [["01_cat", "02_dog"], pets, ["01_cat ? 0 1", "02_dog ? 1 2"]],
  [
    ["1", "2", "3"],
    ["0", "1", "2"],
    ["1 ? 1 0", "2 ? 2 1", "3 ? 2"],
  ],
  [
    ["class 1", "class 2", "class 3"],
    ["class 0", "class 1", "class 2"],
    ["class 1 ? 1 0", "class 2 ? 2 1", "class 3 ? 2"],
  ],
  [["cat", "1"], pets, ["cat -> 0", "1 ? 0 1"]],
  [
    ["1", "2"],
    ["0", "1", "2"],
    ["1 -> 1", "2 -> 2"],
  ],
  [
    ["Class_2", "Class_0"],
    ["class 0", "class 1", "class 2"],
    ["Class_2 -> 2", "Class_0 -> 0"],
  ],
])(
  "[D22] numbered folders are asked about unless all of them are exact: %j for %j",
  (folders, names, expected) => {
    expect(matches(folders, names)).toEqual(expected);
  },
);

test("[D22] a name that cannot be a folder's, and one that is only akin, are suggested and asked about", () => {
  expect(matches(["T-shirt_top", "T-shirt-top", "tshirt top", "shirt"], clothes)).toEqual([
    "T-shirt_top ? 0",
    "T-shirt-top ? 0",
    "tshirt top ? 0",
    "shirt ? 0",
  ]);
  expect(matches(["cats", "hats"], pets)).toEqual(["cats ? 0", "hats ?"]);
});

test("[D20] what a folder means depends neither on the order of the folders nor on their Unicode form", () => {
  const names = [
    "Müll",
    "müll",
    "C",
    "C++",
    "c#",
    "Café",
    "1",
    "2",
    "3",
    "Glas Flasche",
    "glas-flasche",
    "🐱",
    "cat",
  ];
  const classNames = ["Müll", "C", "C#", "Café", "1", "Glasflasche", "🐱", "CAT"];
  const expected = new Map(matches(names, classNames).map((line) => [line, true]));
  const rng = createRng(7);
  let undecided = 0;
  for (let order = 0; order < 200; order++) {
    const folders = [...permutation(names.length, rng)].map((at) => names[at] as string);
    const forms = folders.map((name) => name.normalize(rng.uniform() < 0.5 ? "NFC" : "NFD"));
    const found = matches(forms, classNames).map((line) => line.normalize("NFC"));
    expect(found.every((line) => expected.has(line))).toBe(true);
    undecided += found.filter((line) => line.includes(" ? ")).length;
  }
  expect(undecided).toBe(200 * [...expected.keys()].filter((line) => line.includes(" ? ")).length);
});
