import { expect, test, vi } from "vitest";

test("[P10] reading and writing what a page reads and writes evaluates no code", async () => {
  // Replaced before the codec loads: a strict Content-Security-Policy refuses these, and reports each attempt.
  const evaluate = vi.fn(() => {
    throw new EvalError("refused");
  });
  vi.stubGlobal("Function", evaluate);
  vi.stubGlobal("eval", evaluate);
  const { decodeServerMessage, encodeServerMessage, encodeVolunteerMessage } = await import("./codec.ts");

  expect(decodeServerMessage(encodeServerMessage({ type: "ping", nonce: 7 }))).toMatchObject({ ok: true });
  expect(decodeServerMessage(encodeVolunteerMessage({ type: "goodbye" }))).toMatchObject({ ok: false });
  expect(evaluate).not.toHaveBeenCalled();
  vi.unstubAllGlobals();
});
