import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { connectVolunteer, helloTo, join, type RawVolunteer, report } from "../../testing/test-volunteer.ts";
import { delta, parameters, plan, runsOn } from "../../testing/volunteer-runs.ts";
import { startTestServer, type TestServer, untilLive } from "../../testing/volunteer-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
const { joined, newRun } = runsOn(() => server);

describe("a connection", () => {
  it("[T4] that comes a second time replaces its older connection and keeps its place", async () => {
    const { name } = await newRun({});
    const older = await connectVolunteer(server.url);
    const { resumeToken } = await join(older, name);
    const opened = await older.next("round-opened");
    const newer = await connectVolunteer(server.url);
    await join(newer, name, { resumeToken });
    expect(await older.closed).toEqual({ code: 4409 });
    expect((await newer.next("round-opened")).round).toBe(opened.round);
    await report(newer, opened, delta(1));
    expect(await newer.next("round-closed")).toMatchObject({ round: 1, outcome: "aggregated" });
  });

  it("[T8] answers frames that make no sense with a fault, and after twenty ends that connection alone", async () => {
    const { name } = await newRun({ minimum: 2, size: 2, quorum: 1 });
    const [good, bad] = (await joined(name, 2)) as [RawVolunteer, RawVolunteer];
    const opened = await good.next("round-opened");
    bad.sendBytes(new Uint8Array([0xc1]));
    expect(await bad.next("fault")).toMatchObject({ reason: "bad-frame" });
    bad.sendBytes(new Uint8Array(3000));
    expect(await bad.next("fault")).toMatchObject({ reason: "bad-frame" });
    bad.socket.send("text");
    expect(await bad.next("fault")).toMatchObject({ reason: "bad-frame" });
    bad.send({ type: "available", examples: -3 });
    const fault = await bad.next("fault");
    expect(fault).toMatchObject({ reason: "bad-message" });
    expect(fault.detail).toContain("-3");
    bad.send(helloTo(name));
    expect(await bad.next("fault")).toMatchObject({ reason: "unexpected-message" });
    for (let sent = 5; sent < 20; sent++) bad.sendBytes(new Uint8Array([0xff, sent]));
    expect(await bad.closed).toEqual({ code: 4400 });
    expect(bad.received.at(-1)).toMatchObject({ reason: "too-many-faults" });
    await report(good, opened, delta(1));
    expect(await good.next("round-closed")).toMatchObject({ outcome: "aggregated", counted: true });
  });

  it("[T9] a frame far beyond the limit ends the connection that sent it, and nothing else", async () => {
    const { name } = await newRun({});
    const [good] = (await joined(name, 1)) as [RawVolunteer];
    const huge = await connectVolunteer(server.url);
    huge.sendBytes(new Uint8Array(1_000_000));
    expect(await huge.closed).toEqual({ code: 1009 });
    await report(good, await good.next("round-opened"), delta(1));
  });

  it("[T10] refuses another protocol version, an unknown run and a run that is over, each with its close code", async () => {
    const { name, coordinator } = await newRun({});
    const refused = async (hello: ReturnType<typeof helloTo>) => {
      const volunteer = await connectVolunteer(server.url);
      volunteer.send(hello);
      const { code } = await volunteer.closed;
      return { code, fault: volunteer.received.at(-1) };
    };
    expect(await refused({ ...helloTo(name), protocol: 99 })).toMatchObject({
      code: 4426,
      fault: { reason: "unsupported-protocol", detail: expect.stringContaining("99") },
    });
    expect(await refused(helloTo("nowhere"))).toMatchObject({ code: 4404, fault: { reason: "unknown-run" } });
    await coordinator.act("stop");
    expect(await refused(helloTo(name))).toMatchObject({ code: 4410, fault: { reason: "run-over" } });
  });

  it("[T15] that misses its heartbeats is closed, and one that answers them is kept", async () => {
    const quick = await startTestServer({ limits: { heartbeatMs: 100, helloMs: 300 } });
    try {
      await quick.run("beats", plan({ minimum: 2, size: 2 }), parameters);
      const kept = await connectVolunteer(quick.url);
      const silent = await connectVolunteer(quick.url, { silent: true });
      const mute = await connectVolunteer(quick.url, { silent: true });
      await join(kept, "beats");
      await join(silent, "beats", { examples: null });
      expect(await mute.closed).toEqual({ code: 4408 });
      expect(await silent.closed).toEqual({ code: 4408 });
      expect(silent.received.at(-1)).toMatchObject({ type: "fault", reason: "heartbeat-missed" });
      expect(kept.socket.readyState).toBe(kept.socket.OPEN);
    } finally {
      await quick.close();
    }
  });

  it("[T16] is told when the server goes away, and finds its round and its place there afterwards", async () => {
    let restarting = await startTestServer();
    try {
      await restarting.run("again", plan({ minimum: 2, size: 2, quorum: 2 }), parameters);
      const one = await connectVolunteer(restarting.url);
      const two = await connectVolunteer(restarting.url);
      const first = await join(one, "again");
      const second = await join(two, "again");
      await report(one, await one.next("round-opened"), delta(1));
      restarting = await restarting.restart();
      expect(await two.closed).toEqual({ code: 4503 });
      expect(two.received.at(-1)).toMatchObject({ reason: "shutting-down", retryInMs: 2000 });
      const oneAgain = await connectVolunteer(restarting.url);
      const twoAgain = await connectVolunteer(restarting.url);
      await join(oneAgain, "again", { resumeToken: first.resumeToken });
      await join(twoAgain, "again", { resumeToken: second.resumeToken });
      await report(twoAgain, await twoAgain.next("round-opened"), delta(3));
      await oneAgain.next("round-opened", ({ round }) => round === 2);
      const rows = await restarting.storage.rounds.rows("again");
      expect(rows[0]).toMatchObject({ outcome: "aggregated", participants: 2 });
    } finally {
      await restarting.close();
    }
  });

  it("[T17] is turned away with a time to come back when the server is full", async () => {
    const small = await startTestServer({ limits: { maxConnections: 1 } });
    try {
      const first = await connectVolunteer(small.url);
      const second = await connectVolunteer(small.url);
      expect(await second.closed).toEqual({ code: 4429 });
      expect(second.received.at(-1)).toMatchObject({ reason: "too-many-connections", retryInMs: 10_000 });
      expect(first.socket.readyState).toBe(first.socket.OPEN);
    } finally {
      await small.close();
    }
  });

  it("[T25] that floods the server with requests costs it no more of them than the limit of refusals", async () => {
    const { name } = await newRun({});
    const [flooding] = (await joined(name, 1)) as [RawVolunteer];
    const refuse = vi.spyOn(server.storage.rounds, "refuse");
    for (let asked = 0; asked < 1000; asked++) {
      flooding.send({ type: "snapshot-requested", hash: "0".repeat(64), offset: 0 });
    }
    expect(await flooding.closed).toEqual({ code: 4400 });
    expect(flooding.received.at(-1)).toMatchObject({ reason: "too-many-faults" });
    expect(flooding.received.filter(({ type }) => type === "update-refused")).toHaveLength(100);
    // Another connection's answer comes after everything that this one had asked for.
    const [good] = (await joined(name, 1)) as [RawVolunteer];
    await report(good, await good.next("round-opened"), delta(1));
    expect(refuse).toHaveBeenCalledTimes(100);
    refuse.mockRestore();
  });

  it("[T18] that asks and asks but reads nothing is cut off, and the others go on", async () => {
    const large = 1_000_000;
    const bounded = await startTestServer({ limits: { chunkBytes: 262_144, maxBufferedBytes: 1_048_576 } });
    try {
      const coordinator = await bounded.run("stalled", plan({ minimum: 2, size: 2, quorum: 1 }), large);
      const good = await connectVolunteer(bounded.url);
      const stalled = await connectVolunteer(bounded.url);
      await join(good, "stalled");
      await join(stalled, "stalled");
      const opened = await stalled.next("round-opened");
      stalled.socket.pause();
      const gone = untilLive(coordinator, (live) => live.volunteers.length === 1);
      for (let asked = 0; asked < 100; asked++) {
        stalled.send({ type: "snapshot-requested", hash: opened.snapshot.hash, offset: 0 });
      }
      await gone;
      await report(good, await good.next("round-opened"), delta(0.01, large));
      expect(await good.next("round-closed")).toMatchObject({ outcome: "aggregated", counted: true });
    } finally {
      await bounded.close();
    }
  });
});
