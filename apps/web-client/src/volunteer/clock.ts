/** From the page to the clock's worker, which answers with the id of each timer that rings. */
export type ClockCommand =
  | { readonly type: "start"; readonly id: number; readonly ms: number }
  | { readonly type: "cancel"; readonly id: number };

export type Clock = {
  /** Runs once after `ms`. Returns a function that cancels it. */
  after(ms: number, run: () => void): () => void;
  close(): void;
};

/** A clock whose timers run in a worker. Invariant: a cancelled timer never runs, even if it has already rung. */
export function openClock(): Clock {
  const worker = new Worker(new URL("./clock-worker.ts", import.meta.url), { type: "module", name: "clock" });
  const waiting = new Map<number, () => void>();
  const send = (command: ClockCommand) => worker.postMessage(command);
  let lastId = 0;

  worker.addEventListener("message", ({ data: id }: MessageEvent<number>) => {
    const run = waiting.get(id);
    waiting.delete(id);
    run?.();
  });

  return {
    after(ms, run) {
      lastId += 1;
      const id = lastId;
      waiting.set(id, run);
      send({ type: "start", id, ms });
      return () => {
        if (waiting.delete(id)) send({ type: "cancel", id });
      };
    },
    close() {
      waiting.clear();
      worker.terminate();
    },
  };
}
