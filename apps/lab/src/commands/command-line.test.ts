import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Impossible } from "../impossible.ts";
import { type Command, orImpossible, runCommand } from "./command-line.ts";

let printed: string[] = [];
let complained: unknown[] = [];
beforeEach(() => {
  [printed, complained] = [[], []];
  vi.spyOn(console, "log").mockImplementation((text) => void printed.push(String(text)));
  vi.spyOn(console, "error").mockImplementation((text) => void complained.push(text));
});
afterEach(() => {
  vi.restoreAllMocks();
});

const usage = "usage: npm run count -- N\n  N   how far";
const count = (run: Command<number>["run"]): Command<number> => ({
  usage,
  read(args) {
    if (args[0] !== "3") throw new Error(`expected 3, got ${JSON.stringify(args[0])}`);
    return 3;
  },
  run,
});

test("[Q10] --help and -h print the usage text and do nothing else", async () => {
  const command = count(() => Promise.reject(new Error("it ran")));
  expect(await runCommand(command, ["--help"])).toBe(0);
  expect(await runCommand(command, ["4", "-h"])).toBe(0);
  expect(printed).toEqual([usage, usage]);
  expect(complained).toEqual([]);
});

test("[M12] [Q18] invalid arguments and impossible choices exit with status 2 and a reason, a broken command with 1", async () => {
  expect(
    await runCommand(
      count(async (choice) => choice),
      ["3"],
    ),
  ).toBe(3);
  expect(
    await runCommand(
      count(async () => 0),
      ["4"],
    ),
  ).toBe(2);
  expect(complained).toEqual(['expected 3, got "4"\nusage: npm run count -- N']);
  const impossible = count(() => orImpossible(Promise.reject(new Error("no such file"))));
  expect(await runCommand(impossible, ["3"])).toBe(2);
  expect(complained[1]).toBe("no such file");
  const broken = new TypeError("a bug");
  expect(
    await runCommand(
      count(() => Promise.reject(broken)),
      ["3"],
    ),
  ).toBe(1);
  expect(complained[2]).toBe(broken);
  expect(broken).not.toBeInstanceOf(Impossible);
});
