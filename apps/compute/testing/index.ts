export * from "./runs.ts";
export * from "./workers.ts";
