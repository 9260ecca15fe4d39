import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";

const folder = new URL(".", import.meta.url);
const NAMED = /`\s*\/\* ([a-z]+(?:-[a-z]+)*) \*\/\s*(?:select|insert|update|with|create)\b/g;
const UNNAMED =
  /(?:[\])>]|sql|transaction|owner)`\s*(?:select|insert|update|delete|with|create|drop|truncate)\b.*/g;

test("[S43] every SQL statement begins with its name as a comment, and no two share one", async () => {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, folder), "utf8")));
  expect(texts.flatMap((text) => text.match(UNNAMED) ?? [])).toEqual([]);
  const names = texts.flatMap((text) => [...text.matchAll(NAMED)].map(([, name]) => name));
  expect(names.length).toBeGreaterThan(40);
  expect(names).toEqual([...new Set(names)]);
});
