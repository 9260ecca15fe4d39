export * from "./csv.ts";
export * from "./lock-file.js";
export * from "./places.ts";
export * from "./read-if-there.ts";
export * from "./reason-of.ts";
export * from "./runtime.ts";
export * from "./sha256.ts";
