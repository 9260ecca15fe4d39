import { expect, test } from "vitest";
import { classNameProblems, exactClassName } from "./class-names.ts";

test("[D19] names that differ in a sign, an emoji, a combining mark or case only are different classes", () => {
  const sets = [
    ["C", "C++", "C#", "c"],
    ["🐱", "🐶", "🦉", "👨‍👩‍👧", "👨👩👧"],
    ["Müll", "Mull", "क", "कि"],
    ["Café", "Cafe", "한국", "한국어"],
    ["1", "01", "1.", "-1"],
    ["A", "A-", "A+", "Ａ"],
  ];
  for (const names of sets) expect(classNameProblems(names)).toEqual([]);
  expect(exactClassName(" Mu\u0308ll ")).toBe("M\u00fcll");
});

test.each([
  [["Café", "dog", "Cafe\u0301"], "/2", 'which reads as "Café" at /0: rename one'],
  [["cat", " cat "], "/1", 'got " cat "'],
  [["ankle boot", "ankle  boot"], "/1", "must differ visibly from every other class name"],
  [["❤", "❤\ufe0f"], "/1", "must differ visibly"],
  [["cat", " \u200b"], "/1", "must be a name that can be seen"],
  [["한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"], "/1", "rename one"],
])("[D19] names that nobody can tell apart are refused with both: %j", (names, path, message) => {
  const problems = classNameProblems(names);
  expect(problems.map((problem) => problem.path)).toEqual([path]);
  expect(problems[0]?.message).toContain(message);
});
