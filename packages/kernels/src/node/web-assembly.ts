/** Compiles the kernels for this Node and makes instances of them. */
import { readFileSync } from "node:fs";
import v8 from "node:v8";
import { type Instructions, type KernelInstance, RELAXED_SIMD_PROBE } from "../instance.ts";

/** The compiled WebAssembly module, which threads can share, and the instructions that it uses. */
export type KernelModule = { readonly compiled: object; readonly instructions: Instructions };

/** The part of WebAssembly that the kernels use. Node's types leave WebAssembly to those of the DOM. */
export type WebAssemblyGlobal = {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: Record<string, never>) => { readonly exports: object };
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
};

const WebAssembly: WebAssemblyGlobal = Reflect.get(globalThis, "WebAssembly");

/** Compiles the fastest build that this Node can run. Throws where the package's .wasm files cannot be read. */
export function compileModule(): KernelModule {
  const instructions = hasRelaxedSimd() ? "relaxed-simd" : "simd";
  const name = instructions === "relaxed-simd" ? "kernels-relaxed.wasm" : "kernels.wasm";
  const bytes = readFileSync(new URL(`../../wasm/${name}`, import.meta.url));
  return { compiled: new WebAssembly.Module(bytes), instructions };
}

/** Node 20 has relaxed SIMD behind a flag, which can be set until the first module that needs it is compiled. */
function hasRelaxedSimd(): boolean {
  if (WebAssembly.validate(RELAXED_SIMD_PROBE)) return true;
  v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
  return WebAssembly.validate(RELAXED_SIMD_PROBE);
}

/** A new instance with a memory of its own. */
export function instantiate(module: KernelModule): KernelInstance {
  return new WebAssembly.Instance(module.compiled, {}).exports as KernelInstance;
}
