import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./setup.mjs";

const RULE = /^- \*\*\[([A-Z]+\d+)\]\*\*/gm;
/** At the start of a test's name: one rule, or several in a row. */
const NAMED = /["'`](?:\[[A-Z]+\d+\] ?)+/g;

test("[C22] every rule of SPEC.md stands there once and is named by a test, and tests name no other rule", () => {
  const rules = [...readFileSync(join(ROOT, "SPEC.md"), "utf8").matchAll(RULE)].map(([, id]) => id);
  const named = new Set(
    testFiles()
      .flatMap((path) => readFileSync(join(ROOT, path), "utf8").match(NAMED) ?? [])
      .flatMap((text) => text.match(/[A-Z]+\d+/g)),
  );
  expect(rules.length).toBeGreaterThan(300);
  expect({
    twice: rules.filter((id, index) => rules.indexOf(id) !== index),
    untested: rules.filter((id) => !named.has(id)),
    unknown: [...named].filter((id) => !rules.includes(id)),
  }).toEqual({ twice: [], untested: [], unknown: [] });
});

/** Contract suites in `testing` folders hold tests too. */
function testFiles() {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return listed.split("\n").filter((path) => /\.test\.(ts|tsx|mjs)$|\/testing\/.*\.ts$/.test(path));
}
