import { describe, expect, test } from "vitest";
import {
  type BackendProbe,
  type BrowserBackend,
  chooseBackend,
  isSoftwareAdapter,
  type Opened,
  parseBackend,
} from "./backend-choice.ts";

function probes(outcomes: Readonly<Record<BrowserBackend, Opened | Error>>): {
  readonly list: readonly BackendProbe[];
  readonly tried: string[];
} {
  const tried: string[] = [];
  const list = (["webgpu", "webgl", "wasm", "cpu"] as const).map((name) => ({
    name,
    open: async (forced: boolean) => {
      tried.push(forced ? `${name}!` : name);
      const outcome = outcomes[name];
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  }));
  return { list, tried };
}

const works: Opened = { ok: true, adapter: "fast" };
const missing: Opened = { ok: false, reason: "not here" };

describe("choosing a backend", () => {
  test("[E23] the fastest backend that works is taken, and slower ones are not even tried", async () => {
    const { list, tried } = probes({ webgpu: missing, webgl: works, wasm: works, cpu: works });
    const choice = await chooseBackend(list, null);
    expect(choice).toEqual({
      ok: true,
      name: "webgl",
      adapter: "fast",
      refused: [{ name: "webgpu", reason: "not here" }],
    });
    expect(tried).toEqual(["webgpu", "webgl"]);
  });

  test("[E23] a backend that throws is refused with its message, and the next one is tried", async () => {
    const { list } = probes({ webgpu: new Error("device lost"), webgl: missing, wasm: works, cpu: works });
    const choice = await chooseBackend(list, null);
    expect(choice).toMatchObject({ ok: true, name: "wasm" });
    expect(choice.refused[0]).toEqual({ name: "webgpu", reason: "device lost" });
  });

  test("[E23] a forced backend is the only one tried, and no other takes its place", async () => {
    const { list, tried } = probes({ webgpu: missing, webgl: works, wasm: works, cpu: works });
    expect(await chooseBackend(list, "webgpu")).toEqual({
      ok: false,
      refused: [{ name: "webgpu", reason: "not here" }],
    });
    expect(tried).toEqual(["webgpu!"]);
  });

  test("[E23] adapters that draw in software are told from real ones", () => {
    const software = [
      "Google SwiftShader",
      "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)), SwiftShader driver)",
      "llvmpipe (LLVM 15.0.6, 256 bits)",
      "Microsoft Basic Render Driver",
    ];
    const real = [
      "nvidia ampere",
      "ANGLE (Intel, Mesa Intel(R) UHD Graphics 620)",
      "apple metal-3",
      "Warpdrive X",
    ];
    expect(software.filter(isSoftwareAdapter)).toEqual(software);
    expect(real.filter(isSoftwareAdapter)).toEqual([]);
  });

  test("[E23] an address may only force backends that a page has", () => {
    expect(parseBackend("wasm")).toBe("wasm");
    expect(parseBackend("tensorflow")).toBeNull();
    expect(parseBackend(null)).toBeNull();
  });
});
