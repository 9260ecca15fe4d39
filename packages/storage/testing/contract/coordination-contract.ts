import { expect, test, vi } from "vitest";
import type { Opened } from "../contract.ts";
import { commitAll, createRun, initial } from "./fixtures.ts";

export function coordinationContract(opened: Opened): void {
  test("[S24] one process leads a run until it releases it; other runs are led apart", async () => {
    const { storage, other } = opened();
    const [run, another] = [await createRun(storage), await createRun(storage)];
    const first = await storage.lead(run);
    expect(first).not.toBeNull();
    expect(await storage.lead(run)).toBeNull();
    expect(await other.lead(run)).toBeNull();
    const apart = await other.lead(another);
    expect(apart).not.toBeNull();
    await first?.release();
    const second = await other.lead(run);
    expect(second).not.toBeNull();
    await first?.release();
    expect(await storage.lead(run)).toBeNull();
    await Promise.all([second?.release(), apart?.release()]);
  });

  test("[S25] the end of the leader's connection frees its runs, and the leader learns of it", async () => {
    const { storage, other, killConnections } = opened();
    const run = await createRun(storage);
    const led = await storage.lead(run);
    expect(led).not.toBeNull();
    await killConnections("tributary lead");
    await led?.lost;
    const next = await vi.waitFor(async () => {
      const leading = await other.lead(run);
      if (leading === null) throw new Error("not free yet");
      return leading;
    }, 20_000);
    expect(await storage.lead(run)).toBeNull();
    await next.release();
  });

  test("[S26] a commit notifies of its run, and of its jobs, every process that listens", async () => {
    const { storage, other } = opened();
    const run = await createRun(storage);
    const heard: string[] = [];
    const stops = [
      await other.listen("runs", (about) => heard.push(`runs ${about}`)),
      await other.listen("jobs", (about) => heard.push(`jobs ${about}`)),
    ];
    await commitAll(storage, run, {
      type: "enqueue-job",
      job: { kind: "evaluate", round: 1, snapshot: initial.hash },
    });
    await vi.waitFor(() => expect(heard.sort()).toEqual([`jobs ${run}`, `runs ${run}`]), 20_000);
    const job = await storage.jobs.claim("w", 60_000);
    await storage.jobs.complete(job?.id ?? "0", "w", { kind: "evaluate", accuracy: 1, loss: 0 });
    await storage.notify("jobs", run);
    await vi.waitFor(() => expect(heard.length).toBe(4), 20_000);
    for (const stop of stops) await stop();
    await storage.notify("runs", run);
    await storage.runs.list();
    expect(heard.length).toBe(4);
  });
}
