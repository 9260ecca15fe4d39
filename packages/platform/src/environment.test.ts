import { Type } from "typebox";
import { expect, test } from "vitest";
import { environmentProblemLines, folder, oneOf, readEnvironment } from "./environment.ts";

const notes = { description: "A variable of this test.", example: "" };
const address = Type.String({ pattern: "^(|postgres://\\S+)$" });
const variables = {
  COLOR: oneOf(["red", "green"], { ...notes, default: "red" }),
  FOLDER: folder({ ...notes, default: "/srv" }),
  ADDRESS: { ...notes, schema: address, accepts: "a postgres:// address", default: "" },
  TOKEN: {
    ...notes,
    schema: Type.String({ minLength: 8 }),
    accepts: "8 characters or more",
    default: "",
    isSecret: true,
  },
} as const;

test("[H1] what is not set or blank has its default, and blanks around a value do not count", () => {
  const outcome = readEnvironment(variables, {
    COLOR: " green\n",
    FOLDER: "  ",
    TOKEN: "12345678",
    OTHER: "x",
  });
  expect(outcome).toEqual({
    ok: true,
    values: { COLOR: "green", FOLDER: "/srv", ADDRESS: "", TOKEN: "12345678" },
  });
});

test("[H2] every wrong variable is named, with what it must be and its value, and a secret's length", () => {
  const outcome = readEnvironment(variables, { COLOR: "blue", TOKEN: "hunter2" });
  expect(!outcome.ok && environmentProblemLines(outcome.problems)).toBe(
    'COLOR must be one of "red", "green", got "blue"\nTOKEN must be 8 characters or more, got 7 characters',
  );
});

test.each([
  "http://me:hunter2@db/x",
  "http://me:hunter2/@:x@db/x",
  "me:hunter2@db",
  "mysql://db/x?user=me&password=hunter2&ssl=on",
])("[H2] the password of %s is not shown", (text) => {
  const outcome = readEnvironment(variables, { ADDRESS: text, TOKEN: "12345678" });
  const said = outcome.ok ? "" : environmentProblemLines(outcome.problems);
  expect(said).toContain("***");
  expect(said).toContain("db");
  expect(said).not.toContain("hunter2");
});
