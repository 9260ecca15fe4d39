/** Returns a way to ask for a task that never runs twice at once. If it is asked for while it runs, it runs once more. */
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
