export * from "./close-codes.ts";
export * from "./http.ts";
export * from "./messages.ts";
export * from "./plan.ts";
