export * from "./volunteer-server.ts";
