export { type Config, type ConfigOutcome, readConfig } from "./config.ts";
export { demoPlan, demoRunName } from "./demo-run.ts";
export { exportRun } from "./export/export-run.ts";
export { type RunningServer, startServer } from "./start.ts";
export type { Storage } from "./storage/storage.ts";
