/**
 * Opens the best TensorFlow.js backend that Node can have here. Each is loaded only when its turn comes, and is trusted
 * only after it has solved a problem with known numbers.
 */
import util from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { prepareBackend, selfCheck } from "@tributary/model";
import { openWasm } from "@tributary/model/node";
import type { BackendName } from "@tributary/protocol";

/** What a preference may name: webgl needs a page. */
export type BackendPreference = "auto" | BackendName;

export type Refusal = { readonly name: BackendName; readonly reason: string };

export type OpenBackend = {
  readonly name: BackendName;
  /** What it runs on, in the driver's words where there is one. */
  readonly adapter: string;
  /** Better backends that were tried first, and why not they. */
  readonly refused: readonly Refusal[];
  /** Frees the device. A process that has opened webgpu does not end by itself: exit explicitly. */
  close(): Promise<void>;
};

type Opened = { readonly adapter: string; readonly close?: () => void };
type Candidate = { readonly name: BackendName; readonly open: () => Promise<Opened> };

/**
 * Makes the preferred backend, or the first that can be trusted, the current one of `tf`:
 * tensorflow on a GPU, webgpu on a real adapter, tensorflow on the CPU, wasm, cpu.
 * A named backend is tried alone, a software adapter then being good enough; throws with its reason if it fails.
 */
export async function openBackend(preference: BackendPreference): Promise<OpenBackend> {
  const refused: Refusal[] = [];
  for (const { name, open } of candidates(preference)) {
    try {
      const { adapter, close } = await open();
      prepareBackend();
      const check = await selfCheck();
      if (check.ok) return { name, adapter, refused, close: async () => close?.() };
      close?.();
      refused.push({ name, reason: check.reason });
    } catch (error) {
      refused.push({ name, reason: firstLine(error) });
    }
  }
  const reasons = refused.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
  throw new Error(`no backend for ${JSON.stringify(preference)} (${reasons || "not one that Node has"})`);
}

function candidates(preference: BackendPreference): readonly Candidate[] {
  const software = preference === "webgpu";
  const webgpu: Candidate = { name: "webgpu", open: () => openWebgpu(software) };
  const wasm: Candidate = {
    name: "wasm",
    open: () => openWasm().then(() => ({ adapter: "CPU, WebAssembly" })),
  };
  const cpu: Candidate = { name: "cpu", open: openCpu };
  const tensorflowGpu: Candidate = { name: "tensorflow", open: () => openTensorflow("tfjs-node-gpu") };
  const tensorflowCpu: Candidate = { name: "tensorflow", open: () => openTensorflow("tfjs-node") };
  const all = [tensorflowGpu, webgpu, tensorflowCpu, wasm, cpu];
  return preference === "auto" ? all : all.filter(({ name }) => name === preference);
}

async function openCpu(): Promise<Opened> {
  await import("@tensorflow/tfjs-backend-cpu");
  await use("cpu");
  return { adapter: "CPU, plain JavaScript" };
}

/** The parts of WebGPU that are used here. */
type Adapter = {
  readonly info: { readonly vendor: string; readonly architecture: string; readonly description: string };
};
type Gpu = { requestAdapter(options: { powerPreference: string }): Promise<Adapter | null> };

async function openWebgpu(software: boolean): Promise<Opened> {
  const gpu = await provideGpu();
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) throw new Error("no adapter: there is no GPU, or its Vulkan driver is missing");
  const { vendor, architecture, description } = adapter.info;
  const words = [vendor, architecture, description].filter((word) => word !== "").join(", ");
  if (!software && /swiftshader|llvmpipe|lavapipe|softpipe|\bcpu\b/i.test(words)) {
    throw new Error(`only a software adapter (${words}), which wasm outruns`);
  }
  await import("@tensorflow/tfjs-backend-webgpu");
  await use("webgpu");
  const { device } = tf.backend() as unknown as { readonly device: { destroy(): void } };
  return { adapter: words, close: () => device.destroy() };
}

let gpu: Gpu | null = null;

/** Dawn, under `navigator.gpu`, where the backend looks for it while it is being imported. */
async function provideGpu(): Promise<Gpu> {
  if (gpu !== null) return gpu;
  const { create, globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  const dawn = create([]) as unknown as Gpu;
  Object.defineProperty(globalThis, "navigator", { value: { gpu: dawn }, configurable: true });
  gpu = dawn;
  return dawn;
}

/** TensorFlow's own library, where the operator has installed it: an optional dependency. */
async function openTensorflow(flavour: "tfjs-node-gpu" | "tfjs-node"): Promise<Opened> {
  // Node 23 and later have dropped this function, which the package calls.
  const legacy = util as unknown as Record<string, unknown>;
  legacy.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  const packageName: string = `@tensorflow/${flavour}`;
  await import(packageName);
  await use("tensorflow");
  const { isUsingGpuDevice } = tf.backend() as unknown as { readonly isUsingGpuDevice: boolean };
  if (flavour === "tfjs-node-gpu" && !isUsingGpuDevice)
    throw new Error("TensorFlow found no GPU that it can use");
  return { adapter: isUsingGpuDevice ? "GPU, TensorFlow" : "CPU, TensorFlow" };
}

async function use(name: BackendName): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error("TensorFlow.js could not start it");
  await tf.ready();
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? text;
}
