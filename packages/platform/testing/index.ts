export * from "./processes.ts";
export * from "./until.ts";
