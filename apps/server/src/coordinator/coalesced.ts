/** A way to ask for a task, which never runs twice at once: asked while it runs, it runs once more afterwards. */
export function coalesced(task: () => Promise<void>, onFailure: (error: unknown) => void): () => void {
  let isRunning = false;
  let isAsked = false;
  const run = async () => {
    isRunning = true;
    while (isAsked) {
      isAsked = false;
      await task().catch(onFailure);
    }
    isRunning = false;
  };
  return () => {
    isAsked = true;
    if (!isRunning) void run();
  };
}
