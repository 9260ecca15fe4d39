export * from "./until.ts";
