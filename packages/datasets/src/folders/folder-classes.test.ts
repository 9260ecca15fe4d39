import { expect, test } from "vitest";
import { classesOfFolders } from "./folder-classes.ts";

test.each([
  [
    ["cat/a.png", "ant/b.png", ".git/x", "cat/Thumbs.db", "README.md"],
    ["ant", "cat"],
  ],
  [
    ["train/cat/a.png", "train/ant/b.png", "test/cat/c.png", "val/cat/d.png"],
    ["ant", "cat"],
  ],
  [
    ["data/cat/images/a.png", "data/ant/images/b.png"],
    ["ant", "cat"],
  ],
  [
    ["train/1.png", "bus/2.png", "test/3.png"],
    ["bus", "test", "train"],
  ],
  [
    ["train/cat/1.png", "train/ant/1.png", "test/17.png"],
    ["ant", "cat"],
  ],
  [
    ["Mu\u0308ll/a.png", "M\u00fcll/b.png", "C++/a.png", "C/a.png"],
    ["C", "C++", "M\u00fcll"],
  ],
  [
    ["train/train/1.png", "train/bus/1.png"],
    ["bus", "train"],
  ],
  [["a.png"], []],
])("[D27] folders that no task names are classes by their names, in order: %j", (paths, classNames) => {
  expect(classesOfFolders(paths)).toEqual({ outcome: "classes", classNames });
});

test.each([
  [["a/1.png", "b/1.png", "train/a/2.png"], "got a, b beside train"],
  [["cat/1.png", "cat/2023/2.png", "dog/3.png"], "got some at the top and some in cat"],
  [["day1/cat/1.png", "day2/cat/2.png"], "got some in day1 and some in day2: move them, or give a task"],
  [["❤/1.png", "❤\ufe0f/2.png"], "must differ visibly"],
])("[D27] folders that do not say which the classes are are refused with what to do: %j", (paths, reason) => {
  const found = classesOfFolders(paths);
  expect(found.outcome === "unclear" && found.reason).toContain(reason);
});
