/** The arguments of `npm run task`. */
import { parseArgs } from "node:util";
import { reasonOf } from "@tributary/platform";

/** `version` null: the newest. */
export type TaskCommand =
  | { readonly command: "help" }
  | { readonly command: "list" }
  | { readonly command: "check" | "import"; readonly file: string }
  | { readonly command: "export"; readonly id: string; readonly version: number | null };

/** What is asked for; a text says what is wrong with the arguments. */
export function readTaskArguments(args: readonly string[]): TaskCommand | string {
  const options = { version: { type: "string" }, help: { type: "boolean" } } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (values.help) return { command: "help" };
    return readCommand(positionals, values.version);
  } catch (error) {
    return reasonOf(error);
  }
}

function readCommand(positionals: readonly string[], version: string | undefined): TaskCommand | string {
  const [command, subject, ...more] = positionals;
  const got = `got "${positionals.join(" ")}"`;
  if (version !== undefined && command !== "export") return `--version belongs to export, ${got}`;
  switch (command) {
    case "list":
      return subject === undefined ? { command } : `expected nothing after list, ${got}`;
    case "check":
    case "import":
      if (subject === undefined || more.length > 0) return `expected one file after ${command}, ${got}`;
      return { command, file: subject };
    case "export":
      if (subject === undefined || more.length > 0) return `expected one task after export, ${got}`;
      if (version === undefined) return { command, id: subject, version: null };
      if (!/^[1-9]\d{0,6}$/.test(version)) return `expected a version of 1 or more, got "${version}"`;
      return { command, id: subject, version: Number(version) };
    default:
      return `expected check, import, export or list, ${got}`;
  }
}
