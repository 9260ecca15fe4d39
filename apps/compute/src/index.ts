/** The compute process for a server that forks it, and its worker for whoever runs one in its own process. */
import { fileURLToPath } from "node:url";

export type { ComputeMessage, ComputeSettings } from "./compute-process.ts";
export { startWorker, type Worker } from "./worker.ts";

/** The built program that a server forks as its compute process. */
export const computeProgram = fileURLToPath(new URL("../dist/main.js", import.meta.url));
