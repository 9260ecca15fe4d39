/** WebGPU in Node: Dawn, from the `webgpu` package. */
import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs-core";
import { setVulkanDefaults } from "./config.ts";
import type { Opened } from "./opened.ts";
import { useBackend } from "./use-backend.ts";

/** The parts of WebGPU that are used here. */
type Adapter = {
  readonly info: { readonly vendor: string; readonly architecture: string; readonly description: string };
};
type Gpu = { requestAdapter(options: { powerPreference: string }): Promise<Adapter | null> };

/**
 * Opens Dawn's best adapter. `software`: an adapter that computes on the CPU is good enough.
 * Throws an Error with the reason where there is no adapter, or only a software adapter that is not wanted.
 */
export async function openWebgpu(software: boolean): Promise<Opened> {
  const gpu = await provideGpu();
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) throw new Error("no adapter: there is no GPU, or its Vulkan driver is missing");
  const { vendor, architecture, description } = adapter.info;
  const words = [vendor, architecture, description].filter((word) => word !== "").join(", ");
  const device = isSoftware(words) ? "software" : "gpu";
  if (!software && device === "software") {
    throw new Error(`only a software adapter (${words}), which wasm outruns; --backend webgpu forces it`);
  }
  await import("@tensorflow/tfjs-backend-webgpu");
  await useBackend("webgpu");
  // TensorFlow.js does not declare the GPUDevice that its WebGPU backend holds.
  const opened = tf.backend() as unknown as { readonly device: { destroy(): void } };
  const { version } = createRequire(import.meta.url)("webgpu/package.json") as { readonly version: string };
  return {
    device,
    adapter: words,
    library: `webgpu ${version} (Dawn)`,
    close: () => opened.device.destroy(),
  };
}

/** Whether the adapter's words name a driver that computes on the CPU. */
export function isSoftware(words: string): boolean {
  return /swiftshader|llvmpipe|lavapipe|softpipe|\bcpu\b|basic render/i.test(words);
}

let gpu: Gpu | null = null;

/** Puts Dawn under `navigator.gpu`, where TensorFlow.js's backend looks for it when it is imported. */
async function provideGpu(): Promise<Gpu> {
  if (gpu !== null) return gpu;
  setVulkanDefaults();
  const { create, globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  // The package declares the whole of WebGPU in terms of the DOM's types, which are not loaded here.
  const dawn = create([]) as unknown as Gpu;
  Object.defineProperty(globalThis, "navigator", { value: { gpu: dawn }, configurable: true });
  gpu = dawn;
  return dawn;
}
