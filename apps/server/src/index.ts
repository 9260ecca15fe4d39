export { type Config, type ConfigOutcome, readConfig } from "./config.ts";
export { demoRunName } from "./demo-run.ts";
export { runDetail } from "./http/run-view.ts";
export { type RunningServer, startServer } from "./start.ts";
