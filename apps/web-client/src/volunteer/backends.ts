/** The backends that a browser can have. Each is a download of its own, fetched only when it is tried. */

import wasmPlain from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import wasmSimd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import * as tf from "@tensorflow/tfjs-core";
import { createKernels, type KernelInstance, noHelpers, RELAXED_SIMD_PROBE } from "@tributary/kernels";
import kernelsPlain from "@tributary/kernels/wasm/kernels.wasm?url";
import kernelsRelaxed from "@tributary/kernels/wasm/kernels-relaxed.wasm?url";
import { prepareBackend, registerFusedKernels, selfCheck } from "@tributary/model";
import { type BackendProbe, isSoftwareAdapter, type Opened } from "./backend-choice.ts";

export const browserProbes: readonly BackendProbe[] = [
  { name: "webgpu", open: openWebgpu },
  { name: "webgl", open: openWebgl },
  { name: "wasm", open: openWasm },
  { name: "cpu", open: openCpu },
];

type AdapterInfo = { readonly vendor: string; readonly architecture: string; readonly description: string };
type Adapter = { readonly info?: Partial<AdapterInfo> & { readonly isFallbackAdapter?: boolean } };
/** The part of WebGPU that is used here, with fields that older browsers lack. */
type Gpu = { requestAdapter(options: { powerPreference: string }): Promise<Adapter | null> };

async function openWebgpu(forced: boolean): Promise<Opened> {
  const { gpu } = navigator as Navigator & { readonly gpu?: Gpu };
  if (gpu === undefined) return refused("this browser has no WebGPU");
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) return refused("this device has no WebGPU adapter");
  const { vendor = "", architecture = "", description = "" } = adapter.info ?? {};
  const name =
    [vendor, architecture, description].filter((part) => part !== "").join(" ") || "unnamed adapter";
  if (!forced && (adapter.info?.isFallbackAdapter === true || isSoftwareAdapter(name))) {
    return refused(`software adapter: ${name}`);
  }
  await import("@tensorflow/tfjs-backend-webgpu");
  return await activate("webgpu", name);
}

async function openWebgl(forced: boolean): Promise<Opened> {
  if (typeof OffscreenCanvas === "undefined")
    return refused("this browser has no OffscreenCanvas in workers");
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  if (gl === null) return refused("this browser has no WebGL 2");
  const unmasked = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(unmasked === null ? gl.RENDERER : unmasked.UNMASKED_RENDERER_WEBGL));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  if (!forced && isSoftwareAdapter(name)) return refused(`software adapter: ${name}`);
  await import("@tensorflow/tfjs-backend-webgl");
  return await activate("webgl", name);
}

async function openWasm(): Promise<Opened> {
  const wasm = await import("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths({
    "tfjs-backend-wasm.wasm": wasmPlain,
    "tfjs-backend-wasm-simd.wasm": wasmSimd,
    // setWasmPaths needs this path, but nothing fetches it: several tabs share the cores, so each takes one thread.
    "tfjs-backend-wasm-threaded-simd.wasm": wasmSimd,
  });
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
  if (simd !== true) return await activate("wasm", "one thread");
  return await activate("wasm", `${await openKernels()}, one thread`);
}

/** Loads our kernels for ConvNets, in the fastest build that this browser runs. Returns its instructions in words. */
async function openKernels(): Promise<string> {
  const relaxed = WebAssembly.validate(RELAXED_SIMD_PROBE);
  const response = await fetch(relaxed ? kernelsRelaxed : kernelsPlain);
  if (!response.ok) throw new Error(`the kernels did not load: HTTP status ${response.status}`);
  const { instance } = await WebAssembly.instantiate(await response.arrayBuffer());
  const instructions = relaxed ? "relaxed-simd" : "simd";
  // The types of WebAssembly do not know what a module exports; both builds export exactly this.
  const kernels = instance.exports as unknown as KernelInstance;
  registerFusedKernels(createKernels(kernels, instructions, noHelpers()));
  return relaxed ? "relaxed SIMD" : "SIMD";
}

async function openCpu(): Promise<Opened> {
  await import("@tensorflow/tfjs-backend-cpu");
  return await activate("cpu", "plain JavaScript");
}

/** Makes the backend current. It must compute a known example correctly before it is trusted. */
async function activate(name: string, adapter: string): Promise<Opened> {
  if (!(await tf.setBackend(name))) return refused("the backend does not start");
  await tf.ready();
  prepareBackend();
  const check = await selfCheck();
  return check.ok ? { ok: true, adapter } : refused(`self-check failed: ${check.reason}`);
}

function refused(reason: string): Opened {
  return { ok: false, reason };
}
