/** The arguments of `npm run demo`. Pure: words in, checked numbers or a reason out. */

export type DemoOptions = {
  readonly task: string;
  readonly out: string;
  readonly volunteers: number;
  readonly rounds: number;
  readonly alpha: number;
  readonly seed: number;
};

export type DemoOptionsOutcome =
  | { readonly kind: "options"; readonly options: DemoOptions }
  | { readonly kind: "help" }
  | { readonly kind: "refused"; readonly reason: string };

export const DEMO_USAGE = `npm run demo -- [--task NAME] [--out DIR] [--volunteers 4] [--rounds 20] [--alpha 0.04] [--seed 1]
  --task NAME       a folder of datasets/ with pictures, such as emoji (default fashion-mnist)
  --out DIR         where the report goes (default out/demo)
  --volunteers N    browser pages, 1 to 16, each with its own shard (default 4)
  --rounds N        rounds of training, 6 to 1000 (default 20)
  --alpha A         how alike the shards are: small is very different (default 0.04)
  --seed N          seed of everything random, 0 to 4294967295 (default 1)`;

type NumberRule = { readonly least: number; readonly most: number; readonly integer: boolean };

const RULES: Record<Exclude<keyof DemoOptions, "out" | "task">, NumberRule> = {
  volunteers: { least: 1, most: 16, integer: true },
  rounds: { least: 6, most: 1000, integer: true },
  alpha: { least: 0.001, most: 1000, integer: false },
  seed: { least: 0, most: 0xffff_ffff, integer: true },
};

const DEFAULTS: DemoOptions = {
  ...{ task: "fashion-mnist", out: "out/demo" },
  ...{ volunteers: 4, rounds: 20, alpha: 0.04, seed: 1 },
};

/** Reads `--name value` and `--name=value`. The first wrong argument is refused and quoted. */
export function parseDemoOptions(words: readonly string[]): DemoOptionsOutcome {
  let options = DEFAULTS;
  const rest = words.flatMap(splitAtEquals);
  while (rest.length > 0) {
    const name = rest.shift() ?? "";
    if (name === "--help" || name === "-h") return { kind: "help" };
    const key = name.replace(/^--/, "");
    if (!name.startsWith("--") || !Object.hasOwn(DEFAULTS, key)) return refused(`unknown option "${name}"`);
    const value = rest.shift();
    if (value === undefined || value === "") return refused(`${name} needs a value`);
    const problem = problemOf(key as keyof DemoOptions, value);
    if (problem !== null) return refused(problem);
    options = { ...options, [key]: isText(key) ? value : Number(value) };
  }
  return { kind: "options", options };
}

function splitAtEquals(word: string): readonly string[] {
  const at = word.startsWith("--") ? word.indexOf("=") : -1;
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

function isText(key: string): key is "out" | "task" {
  return key === "out" || key === "task";
}

function problemOf(key: keyof DemoOptions, value: string): string | null {
  if (isText(key)) return null;
  const { least, most, integer } = RULES[key];
  const number = Number(value);
  const fits = number >= least && number <= most && (!integer || Number.isInteger(number));
  if (fits && value.trim() !== "") return null;
  return `--${key} must be ${integer ? "a whole number" : "a number"} from ${least} to ${most}, got "${value}"`;
}

function refused(reason: string): DemoOptionsOutcome {
  return { kind: "refused", reason };
}
