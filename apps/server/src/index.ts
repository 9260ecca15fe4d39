export { openBackend } from "./compute/backends.ts";
export { type Config, type ConfigOutcome, readConfig } from "./config.ts";
export { readIdxFolder } from "./data/idx-folder.ts";
export { demoPlan, demoRunName } from "./demo-run.ts";
export { exportRun } from "./export/export-run.ts";
export { simulate } from "./simulation/simulate.ts";
export type { SimulatedRound, SimulationResult } from "./simulation/simulation.ts";
export { type RunningServer, startServer } from "./start.ts";
export type { Storage } from "./storage/storage.ts";
