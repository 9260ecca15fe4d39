import { fashionMnistTask } from "@tributary/protocol";
import { afterEach, expect, test, vi } from "vitest";
import type { OpenPort } from "../data/data-desk.ts";
import { parsePageLink } from "./page-link.ts";
import { createPageState } from "./page-state.ts";
import { storageOrMemory } from "./page-storage.ts";

const runs = [
  {
    id: "demo",
    name: "Demo",
    createdAt: "2026-01-01T00:00:00Z",
    activity: { state: "waiting" },
    plan: { seed: 1, sample: {}, task: { ...fashionMnistTask, classes: ["one", "two"] } },
  },
];
const shards = { shards: [{ index: 0, examples: 3, perClass: [1, 2] }] };

/** A server with one run of one shard, whose images it does not give away. */
function serve(): void {
  vi.stubGlobal("fetch", async (path: string) => {
    if (path === "/api/runs") return Response.json(runs);
    if (path === "/api/runs/demo/shards") return Response.json(shards);
    return Response.json({ error: "gone", detail: "no images here" }, { status: 404 });
  });
}

/** Reads nothing: every shard fails. */
const unreadable: OpenPort = (onReport) => ({
  send(command) {
    if (command.type !== "read-shard") return;
    const { type, reading } = { type: "read-failed", reading: command.reading } as const;
    queueMicrotask(() => onReport({ type, reading, reason: "no images here" }));
  },
  close: () => undefined,
});

async function opened(search: string) {
  serve();
  const state = createPageState({
    link: parsePageLink(search),
    storage: storageOrMemory(() => null),
    remembered: null,
    random: () => 0,
    openData: unreadable,
  });
  const start = vi.spyOn(state, "start");
  await state.load();
  return { state, started: start.mock.calls.length };
}

afterEach(() => vi.unstubAllGlobals());

test("[E24] a run, a shard or a backend that is not there is named, another choice stands ready, and nothing starts", async () => {
  const { state, started } = await opened("?run=nowhere&shard=7&backend=quantum&autostart=1");
  expect(started).toBe(0);
  expect(state.linkProblems.value).toEqual([
    'In the address, backend= must be one of webgpu, webgl, wasm, cpu, got "quantum".',
    'This server has no run "nowhere".',
    "Demo has no sample shard 7.",
  ]);
  expect([state.run.value?.id, state.sample.shard.value]).toEqual(["demo", 0]);
});

test("[E24] an address that says all rightly, or nothing, has no problems", async () => {
  for (const search of ["", "?run=demo&shard=0&backend=wasm", "?autostart=1"]) {
    const { state, started } = await opened(search);
    expect(state.linkProblems.value).toEqual([]);
    expect(started).toBe(search === "?autostart=1" ? 1 : 0);
  }
});
