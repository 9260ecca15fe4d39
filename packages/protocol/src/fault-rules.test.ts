import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { CloseCode } from "./close-codes.ts";
import { type FaultRule, faultRules, isFinal, isRetryable } from "./fault-rules.ts";
import { FaultReason } from "./server-messages.ts";

const rules: readonly [string, FaultRule][] = Object.entries(faultRules);
const reasons = FaultReason.anyOf.map((literal) => literal.const);

describe("the rules of faults", () => {
  it("[P18] every fault of the wire has a rule, and every close code belongs to exactly one fault", () => {
    expect(Object.keys(faultRules).sort()).toEqual([...reasons].sort());
    const sent = rules.flatMap(([, { closeCode }]) => closeCode ?? []);
    expect(sent.sort()).toEqual(Object.values(CloseCode).sort());
  });

  it("[P18] a close code is worth another try exactly where its fault says so, and an unknown code always is", () => {
    for (const reason of reasons) {
      const { closeCode, retry }: FaultRule = faultRules[reason];
      if (closeCode !== null) expect(isRetryable(closeCode), reason).toBe(retry !== "never");
      expect(isFinal(reason), reason).toBe(closeCode !== null && !isRetryable(closeCode));
    }
    for (const code of [1000, 1001, 1006, 1009, 4999]) expect(isRetryable(code)).toBe(true);
  });

  it("[P18] docs/protocol.md has the same table", async () => {
    const page = await readFile(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
    const section = page.split("### Faults and close codes")[1]?.split("\n## ")[0] ?? "";
    const rows = section.split("\n").filter((line) => line.startsWith("| `"));
    expect(rows.map((row) => row.split(" | ").slice(0, 3).join(" | "))).toEqual(rules.map(printed));
  });
});

function printed([reason, { closeCode, retry }]: [string, FaultRule]): string {
  const words = closeCode === null ? staysOpen : comesBack;
  return `| \`${reason}\` | ${closeCode ?? "none"} | ${words[retry]}`;
}

const staysOpen = { never: "-", soon: "ask again after `retryInMs`", later: "ask again later" } as const;
const comesBack = {
  never: "no",
  soon: "after `retryInMs`, soon",
  later: "after `retryInMs`, later",
} as const;
