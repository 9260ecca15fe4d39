export { tensorflowFolder } from "./config.ts";
export { TFJS_SYMBOL_KEY } from "./host-tensorflow-js.ts";
export * from "./open-backend.ts";
export type { Device } from "./opened.ts";
export { loadPrivate } from "./tensorflow.ts";
export * from "./tensorflow-installation.ts";
export { tensorflowUsesGpu, useBackend } from "./use-backend.ts";
