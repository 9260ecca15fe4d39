/** Starts the data worker. */

import type { OpenPort } from "./data-desk.ts";
import type { DataReport } from "./data-messages.ts";

export const openDataWorker: OpenPort = (onReport, onBroken) => {
  const worker = new Worker(new URL("./data-worker.ts", import.meta.url), { type: "module", name: "data" });
  worker.addEventListener("message", ({ data }: MessageEvent<DataReport>) => onReport(data));
  worker.addEventListener("error", ({ message }) => {
    onBroken(`the worker that reads data failed: ${message || "its script did not load"}`);
  });
  return {
    send: (command) => worker.postMessage(command),
    close: () => worker.terminate(),
  };
};
