/** The picture decoders in Node: their WebAssembly modules lie in the packages that bring them. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import {
  type CodecImports,
  type CodecModules,
  type CodecName,
  type Codecs,
  createCodecs,
} from "../pictures/codecs.ts";

const MODULES: Readonly<Record<CodecName, string>> = {
  jpeg: "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm",
  webp: "@jsquash/webp/codec/dec/webp_dec.wasm",
  avif: "@jsquash/avif/codec/dec/avif_dec.wasm",
};

/** The part of WebAssembly that is used. Node's types leave WebAssembly to those of the DOM. */
type WebAssemblyGlobal = {
  compile(bytes: Uint8Array<ArrayBuffer>): Promise<object>;
  instantiate(module: object, imports: CodecImports): Promise<{ readonly exports: object }>;
};

const WebAssembly: WebAssemblyGlobal = Reflect.get(globalThis, "WebAssembly");

/** Decoders that are read from disk when they are first used. They hold no handle and need not be closed. */
export function openCodecs(): Codecs {
  return createCodecs(codecModules());
}

/** The decoders' modules. */
export function codecModules(): CodecModules {
  const { resolve } = createRequire(import.meta.url);
  return {
    compile: async (codec) => await WebAssembly.compile(await readFile(resolve(MODULES[codec]))),
    instantiate: (module, imports) => WebAssembly.instantiate(module, imports),
  };
}
