import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { networkInput } from "@tributary/datasets";
import { openCodecs } from "@tributary/datasets/node";
import { pictureBytes } from "@tributary/datasets/testing";
import { fashionMnistTask } from "@tributary/protocol";
import { expect, test } from "vitest";
import { capturedOutput } from "../../testing/captured-output.ts";
import { main } from "./inspect.ts";

const output = capturedOutput("inspect-");

const { version: _, ...definition } = fashionMnistTask;
const task = { ...definition, image: [6, 4, 3], classes: ["🐱", "T-shirt/top", "Müll"] } as const;
const picture = pictureBytes("made/exif-6.jpg");

async function put(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(output.folder, path)), { recursive: true });
    await writeFile(join(output.folder, path), content);
  }
}

const data = {
  "data/🐱/a.jpg": picture,
  "data/🐱/b.jfif": picture,
  "data/🐱/cut.jpg": picture.subarray(0, 200),
  "data/T-shirt_top/a.jpg": picture,
  "data/2/a.jpg": picture,
  "data/2/Thumbs.db": "x",
  "data/val/🐱/a.jpg": picture,
  "task.json": JSON.stringify(task),
};
const inspect = (...more: string[]) =>
  main([join(output.folder, "data"), "--task", join(output.folder, "task.json"), ...more]);

test("[Q23] inspect counts each class, names what is left out and why, and asks about folders that are not clear", async () => {
  await put(data);
  expect(await inspect()).toBe(1);
  expect(output.printed.join("\n").split("\n")).toEqual([
    "2 pictures in 3 classes",
    "  🐱           2",
    "  T-shirt/top  no pictures",
    "  Müll         no pictures",
    'undecided, 1 file in "2": which class is it, perhaps "T-shirt/top" or "Müll"? Say it with --map "2=T-shirt/top"',
    'undecided, 1 file in "T-shirt_top": which class is it, perhaps "T-shirt/top"? Say it with --map "T-shirt_top=T-shirt/top"',
    "left out, 1 file: made by a system, not pictures of yours",
    "  2/Thumbs.db",
    expect.stringMatching(/^left out, 1 file: in a part kept for validation/),
    "  val/🐱/a.jpg",
    expect.stringMatching(/^left out, 1 file: The JPEG file is cut: .*Copy or download it again/),
    "  🐱/cut.jpg",
  ]);
});

test("[Q23] inspect takes a mapping, and is content once every class has pictures", async () => {
  await put(data);
  expect(await inspect("--map", "T-shirt_top=T-shirt/top", "--map", "2=Mu\u0308ll")).toBe(0);
  expect(output.printed[0]).toContain("4 pictures in 3 classes");
  expect(await inspect("--map", "T-shirt_top=T-shirt/top", "--map", "2=")).toBe(1);
  expect(output.printed[1]).toContain("left out, 1 file: left out as chosen");
});

test("[Q24] inspect --json gives one line a file, with the bytes that the network sees", async () => {
  await put(data);
  await inspect("--json");
  const lines = output.printed.map((line) => JSON.parse(line));
  expect(lines.map(({ path, outcome }) => `${outcome} ${path}`).sort()).toEqual([
    "left-out 2/Thumbs.db",
    "left-out val/🐱/a.jpg",
    "left-out 🐱/cut.jpg",
    "picture 🐱/a.jpg",
    "picture 🐱/b.jfif",
    "undecided 2/a.jpg",
    "undecided T-shirt_top/a.jpg",
  ]);
  const found = lines.find(({ path }) => path === "🐱/a.jpg");
  const expected = await networkInput(picture, { ...task, image: [6, 4, 3] }, openCodecs());
  expect(expected.outcome).toBe("picture");
  expect(found).toEqual({
    outcome: "picture",
    path: "🐱/a.jpg",
    class: "🐱",
    input: expected.outcome === "picture" && Buffer.from(expected.pixels).toString("base64"),
  });
  expect(lines.find(({ path }) => path === "🐱/cut.jpg")).toMatchObject({ class: "🐱", reason: "cut" });
  expect(lines.find(({ path }) => path === "2/Thumbs.db")).toMatchObject({ class: null, reason: "junk" });
});

test.each([
  [
    ["--map", "2=hat"],
    'expected --map FOLDER=CLASS with a class of the task (🐱, T-shirt/top, Müll), got "2=hat"',
  ],
  [["--map", "🐱=Müll"], 'expected --map of an undecided folder ("2", "T-shirt_top"), got "🐱"'],
  [["more"], "expected one DATA, got"],
  [["--colour"], "Unknown option '--colour'"],
])("[Q25] inspect with %j exits with status 2 and the reason", async (more, reason) => {
  await put(data);
  expect(await inspect(...more)).toBe(2);
  expect(output.complained.join()).toContain(reason);
  expect(output.printed).toEqual([]);
});

test("[Q25] a missing folder or task, a task that is wrong, and classes that fall together exit with status 2", async () => {
  const cases: readonly (readonly [object | string, RegExp])[] = [
    [JSON.stringify(task), /ENOENT.*data/],
    ["{", /task.json must be JSON/],
    [{ ...task, classes: ["one"] }, /task.json: \/classes /],
    [{ ...task, classes: ["a", " a"] }, /task.json: \/classes\/1 must differ visibly/],
    [{ ...task, kind: "sounds" }, /task.json: \/kind /],
  ];
  for (const [content, reason] of cases) {
    await put({ "task.json": typeof content === "string" ? content : JSON.stringify(content) });
    output.complained = [];
    expect(await inspect()).toBe(2);
    expect(output.complained.join()).toMatch(reason);
  }
  expect(await main([output.folder])).toBe(2);
  expect(output.complained.at(-1)).toContain("expected --task TASK.json, got none");
  expect(await main([output.folder, "--task", join(output.folder, "nowhere.json")])).toBe(2);
  expect(await main([join(output.folder, "task.json"), "--task", join(output.folder, "task.json")])).toBe(2);
});

test("[Q24] a task as it is exported, with its version, is taken too", async () => {
  await put({ ...data, "task.json": JSON.stringify({ ...task, version: 3 }) });
  expect(await inspect("--json")).toBe(1);
  expect(output.printed).toHaveLength(7);
});
