/** The part of WebAssembly that is used here: the types of Node leave it to the DOM's. */
import { readFileSync } from "node:fs";
import v8 from "node:v8";
import { type Instructions, type KernelInstance, RELAXED_SIMD_PROBE } from "../instance.ts";

export type Module = { readonly compiled: object; readonly instructions: Instructions };

type WebAssemblyGlobal = {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
  validate(bytes: Uint8Array): boolean;
};

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyGlobal };

/** The build that this Node can run. */
export function compileModule(): Module {
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

export function instantiate(module: Module): KernelInstance {
  return new WebAssembly.Instance(module.compiled, {}).exports as KernelInstance;
}
