import { describe, expect, test } from "vitest";
import { type FolderFile, sortFolder } from "./folder-sort.ts";

const classNames = ["T-shirt/top", "Trouser", "Ankle boot"];
const files = (...paths: readonly string[]): readonly FolderFile<string>[] =>
  paths.map((path) => ({ path, file: path }));

describe("a folder of images sorted by class", () => {
  test("[E27] the folder that holds an image names its class, whatever its case, spaces and signs", () => {
    const sorted = sortFolder(
      files("mine/t_shirt-TOP/a.png", "mine/trouser/b.JPG", "x/y/Ankle Boot/c.webp", "mine/trouser/d.jpeg"),
      classNames,
    );
    expect(sorted.perClass).toEqual([1, 2, 1]);
    expect(sorted.images.map(({ path, label }) => `${label} ${path}`)).toEqual([
      "0 mine/t_shirt-TOP/a.png",
      "1 mine/trouser/b.JPG",
      "1 mine/trouser/d.jpeg",
      "2 x/y/Ankle Boot/c.webp",
    ]);
  });

  test("[E27] a folder may be named by its class number", () => {
    expect(sortFolder(files("mine/2/a.png", "mine/0/b.png"), classNames).perClass).toEqual([1, 0, 1]);
  });

  test("[E27] folders that are no class are named, with how many images they hold", () => {
    const sorted = sortFolder(
      files("mine/hats/a.png", "mine/hats/b.png", "c.png", "mine/3/d.png"),
      classNames,
    );
    expect(sorted.images).toEqual([]);
    expect(sorted.unknownFolders).toEqual([
      { name: "", images: 1 },
      { name: "3", images: 1 },
      { name: "hats", images: 2 },
    ]);
  });

  test("[E27] files that are no images, and hidden ones, are counted and left out", () => {
    const sorted = sortFolder(
      files(
        "mine/trouser/notes.txt",
        "mine/trouser/.thumb.png",
        "mine/.cache/trouser/a.png",
        "mine/trouser/a.gif",
      ),
      classNames,
    );
    expect(sorted.otherFiles).toBe(3);
    expect(sorted.perClass).toEqual([0, 1, 0]);
  });

  test("[E27] the order of the files does not depend on the order in which the browser lists them", () => {
    const paths = ["m/trouser/b.png", "m/trouser/a.png", "m/2/c.png"];
    expect(sortFolder(files(...paths), classNames)).toEqual(
      sortFolder(files(...paths.toReversed()), classNames),
    );
  });
});
