export { openTestServer } from "./http-server.ts";
export * from "./volunteer-server.ts";
