import { expect, test } from "vitest";
import { forgetChoice, type LastChoice, recallChoice, rememberChoice } from "./last-choice.ts";
import { formatPageLink, parsePageLink } from "./page-link.ts";
import { storageOrMemory } from "./page-storage.ts";
import { missingFeatures } from "./requirements.ts";

test("[E24] the address chooses run, shard and backend, and can start by itself", () => {
  expect(parsePageLink("?run=demo&shard=3&autostart=1&backend=wasm")).toEqual({
    run: "demo",
    shard: 3,
    autostart: true,
    backend: "wasm",
    problems: [],
  });
});

test("[E24] what an address does not say, or says wrongly, is left open; what is wrong is quoted", () => {
  const open = { run: null, shard: null, autostart: false, backend: null };
  expect(parsePageLink("")).toEqual({ ...open, problems: [] });
  expect(parsePageLink("?shard=-1&autostart=yes&backend=quantum")).toEqual({
    ...open,
    problems: [
      'In the address, shard= must be the number of a sample shard, got "-1".',
      'In the address, backend= must be one of webgpu, webgl, wasm, cpu, got "quantum".',
      'In the address, autostart= must be 0 or 1, got "yes".',
    ],
  });
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

test("[E25] where the browser forbids storage the choice lasts as long as the page", () => {
  const storage = storageOrMemory(() => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  });
  const choice: LastChoice = { run: "demo", shard: 2 };
  expect(recallChoice(storage)).toBeNull();
  rememberChoice(storage, choice);
  expect(recallChoice(storage)).toEqual(choice);
  forgetChoice(storage);
  expect(recallChoice(storage)).toBeNull();
});

test("[E25] a storage that breaks in use is gone without", () => {
  const refuse = () => {
    throw new DOMException("The quota is used up.", "QuotaExceededError");
  };
  const storage = storageOrMemory(() => ({ getItem: refuse, setItem: refuse, removeItem: refuse }));
  rememberChoice(storage, { run: "demo", shard: 2 });
  forgetChoice(storage);
  expect(recallChoice(storage)).toBeNull();
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
