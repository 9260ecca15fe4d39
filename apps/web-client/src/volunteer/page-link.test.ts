import { expect, test } from "vitest";
import { type LastChoice, recallChoice } from "./last-choice.ts";
import { formatPageLink, parsePageLink } from "./page-link.ts";
import { missingFeatures } from "./requirements.ts";

test("[E24] the address chooses run, shard and backend, and can start by itself", () => {
  expect(parsePageLink("?run=demo&shard=3&autostart=1&backend=wasm")).toEqual({
    run: "demo",
    shard: 3,
    autostart: true,
    backend: "wasm",
  });
});

test("[E24] what an address does not say, or says wrongly, is left open", () => {
  const open = { run: null, shard: null, autostart: false, backend: null };
  expect(parsePageLink("")).toEqual(open);
  expect(parsePageLink("?shard=-1&autostart=yes&backend=quantum")).toEqual(open);
});

test("[E24] a link to a choice leads back to that choice", () => {
  const { search } = new URL(formatPageLink("demo-1", 2), "http://localhost");
  expect(parsePageLink(search)).toMatchObject({ run: "demo-1", shard: 2, autostart: false });
});

test("[E25] a reload recalls the run and the shard, and nothing from a memory that it cannot read", () => {
  const recall = (text: string | null) => recallChoice({ getItem: () => text });
  const choice: LastChoice = { run: "demo", shard: 2 };
  expect(recall(JSON.stringify(choice))).toEqual(choice);
  expect(recall(JSON.stringify({ run: "demo", shard: null }))).toEqual({ run: "demo", shard: null });
  for (const unreadable of [
    null,
    "{",
    "7",
    '{"run":1,"shard":2}',
    '{"run":"a","shard":"2"}',
    '{"run":"a"}',
  ]) {
    expect(recall(unreadable)).toBeNull();
  }
});

test("[E26] each feature that a browser lacks is named, with what to do", () => {
  const complete = {
    WebAssembly: {},
    Worker: {},
    WebSocket: {},
    DecompressionStream: {},
    createImageBitmap: {},
  };
  expect(missingFeatures(complete)).toEqual([]);
  const { WebAssembly: _, ...withoutWasm } = complete;
  const missing = missingFeatures(withoutWasm);
  expect(missing.map(({ feature }) => feature)).toEqual(["WebAssembly"]);
  expect(missing[0]?.advice).toContain("Firefox");
});
