/** For tests of commands: a folder of their own, and what they print, a text per line. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";

/** What one test has. It is emptied before each. */
export type CommandOutput = { folder: string; printed: string[]; complained: string[] };

/** Call it once at the top of a file. `prefix` begins the folder's name. The console is silent meanwhile. */
export function capturedOutput(prefix: string): CommandOutput {
  const output: CommandOutput = { folder: "", printed: [], complained: [] };
  beforeEach(async () => {
    output.folder = await mkdtemp(join(tmpdir(), prefix));
    [output.printed, output.complained] = [[], []];
    vi.spyOn(console, "log").mockImplementation((text) => void output.printed.push(String(text)));
    vi.spyOn(console, "error").mockImplementation((text) => void output.complained.push(String(text)));
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rm(output.folder, { recursive: true });
  });
  return output;
}
