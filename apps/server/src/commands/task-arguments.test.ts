import { expect, it } from "vitest";
import { readTaskArguments } from "./task-arguments.ts";

it("[H39] the arguments of the task command name a file, a task or nothing", () => {
  expect(readTaskArguments(["list"])).toEqual({ command: "list" });
  expect(readTaskArguments(["import", "a.json"])).toEqual({ command: "import", file: "a.json" });
  expect(readTaskArguments(["check", "a.json"])).toEqual({ command: "check", file: "a.json" });
  expect(readTaskArguments(["export", "clothes"])).toEqual({
    command: "export",
    id: "clothes",
    version: null,
  });
  expect(readTaskArguments(["export", "clothes", "--version", "3"])).toEqual({
    command: "export",
    id: "clothes",
    version: 3,
  });
  expect(readTaskArguments(["import", "--help"])).toEqual({ command: "help" });
});

it.each([
  [[], "expected check, import, export or list"],
  [["remove", "clothes"], 'got "remove clothes"'],
  [["import"], "expected one file after import"],
  [["check", "a", "b"], 'got "check a b"'],
  [["export"], "expected one task after export"],
  [["list", "all"], "expected nothing after list"],
  [["export", "clothes", "--version", "0"], 'got "0"'],
  [["export", "clothes", "--version", "two"], 'got "two"'],
  [["check", "a.json", "--version", "1"], "--version belongs to export"],
  [["list", "--all"], "--all"],
])("[H39] the arguments %j are refused: %s", (args, reason) => {
  expect(readTaskArguments(args)).toContain(reason);
});
