export * from "./database.ts";
export * from "./temporary-home.ts";
