import { until } from "@tributary/platform/testing";
import { measured } from "@tributary/protocol/testing";
import { expect, test } from "vitest";
import { commitAll, createRun, initial } from "./fixtures.ts";
import type { Opened } from "./storage-under-test.ts";

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
    const next = await until("the run to be free", () => other.lead(run));
    expect(await storage.lead(run)).toBeNull();
    await next.release();
  });

  test("[S26] a commit notifies of its run, and of its jobs, every process that listens", async () => {
    const { storage, other } = opened();
    const run = await createRun(storage);
    const heard: string[] = [];
    const hear = (channel: string) => (about: string) => heard.push(`${channel} ${about}`);
    const untilHeard = (...expected: readonly string[]) =>
      until(`notifications of ${expected.join(" and ")}`, () => heard.toSorted(), {
        holds: (all) => all.join() === expected.join(),
      });
    const stops = [await other.listen("runs", hear("runs")), await other.listen("jobs", hear("jobs"))];
    await commitAll(storage, run, {
      type: "enqueue-job",
      job: { kind: "evaluate", round: 1, snapshot: initial.hash },
    });
    await untilHeard(`jobs ${run}`, `runs ${run}`);
    const job = await storage.jobs.claim("w", 60_000);
    await storage.jobs.complete(job?.id ?? "0", "w", { kind: "evaluate", measurement: measured(1, 0) });
    await storage.notify("jobs", run);
    await untilHeard(`jobs ${run}`, `jobs ${run}`, `runs ${run}`, `runs ${run}`);
    for (const stop of stops) await stop();
    const stopWitness = await other.listen("runs", hear("witness"));
    await storage.notify("runs", run);
    await untilHeard(`jobs ${run}`, `jobs ${run}`, `runs ${run}`, `runs ${run}`, `witness ${run}`);
    await stopWitness();
  });
}
