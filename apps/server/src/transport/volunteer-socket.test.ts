import { decodeValues, encodeTensor, type Plan } from "@tributary/protocol";
import { testPlan } from "@tributary/rounds/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  connectVolunteer,
  download,
  helloTo,
  join,
  offerOf,
  type RawVolunteer,
  report,
  sendChunks,
} from "../../testing/test-volunteer.ts";
import { startTestServer, type TestServer, until, untilLive } from "../../testing/volunteer-server.ts";
import { createSnapshotCache } from "./snapshot-cache.ts";
import { createUploads } from "./uploads.ts";

const parameters = 1000;
const delta = (value: number, length = parameters) => new Float32Array(length).fill(value);
const plan = ({ rounds = 3, ...cohort }: Partial<Plan["cohort"]> & { rounds?: number }): Plan =>
  testPlan({ rounds, cohort: { minimum: 1, size: 3, quorum: 1, deadlineMs: 600_000, ...cohort } });

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

let runCount = 0;
async function newRun(choice: Parameters<typeof plan>[0], strategy: Plan["strategy"] = { kind: "fedavg" }) {
  runCount += 1;
  const name = `run-${runCount}`;
  return { name, coordinator: await server.run(name, { ...plan(choice), strategy }, parameters) };
}

async function joined(name: string, count: number): Promise<RawVolunteer[]> {
  const volunteers = await Promise.all(Array.from({ length: count }, () => connectVolunteer(server.url)));
  for (const volunteer of volunteers) await join(volunteer, name);
  return volunteers;
}

const averagedValue = async (name: string, round: number) => {
  const snapshots = await server.storage.snapshots.list(name);
  const aggregate = snapshots.find((snapshot) => snapshot.round === round && snapshot.kind === "aggregate");
  const stored = aggregate && (await server.storage.snapshots.byHash(name, aggregate.hash));
  return stored ? new Float32Array(stored.parameters.slice().buffer)[0] : null;
};

describe("a good volunteer", () => {
  it("[T1] is welcomed, asked, given the snapshot in chunks, and its update is acknowledged and counted", async () => {
    const { name } = await newRun({ minimum: 2, size: 2, quorum: 2 });
    const [one, two] = (await joined(name, 2)) as [RawVolunteer, RawVolunteer];
    const opened = await one.next("round-opened");
    const bytes = await download(one, opened.snapshot);
    expect(bytes).toEqual(encodeTensor(delta(0), "float32").bytes);
    expect(await download(one, opened.snapshot, 1500)).toEqual(bytes.slice(1500));
    await report(one, opened, delta(1), { examples: 30 });
    await report(two, await two.next("round-opened"), delta(2), { examples: 10 });
    expect(await one.next("round-closed")).toMatchObject({ round: 1, outcome: "aggregated", counted: true });
    expect((await two.next("round-opened")).round).toBe(2);
    expect(await averagedValue(name, 1)).toBe(1.25);
    const [row] = await server.storage.rounds.rows(name);
    expect(row).toMatchObject({ outcome: "aggregated", participants: 2, examples: 40 });
    expect(row?.bytesUp).toBeGreaterThan(2 * 4 * parameters);
    expect(row?.bytesDown).toBeGreaterThan(4 * parameters);
  });

  it("[T2] goes on with its upload where a lost connection broke it, under its old name", async () => {
    const { name } = await newRun({ minimum: 2, size: 2, quorum: 1 });
    const other = await connectVolunteer(server.url);
    const first = await connectVolunteer(server.url);
    await join(other, name);
    const { resumeToken, volunteer } = await join(first, name);
    const opened = await first.next("round-opened");
    const { offer, bytes } = offerOf(opened, delta(1));
    first.send(offer);
    expect(await first.next("upload-ready")).toMatchObject({ offset: 0 });
    sendChunks(first, 1, bytes.slice(0, 2048), 0);
    first.send({ type: "ping", nonce: 1 });
    await first.next("pong");
    first.drop();
    await first.closed;

    const again = await connectVolunteer(server.url);
    expect(await join(again, name, { resumeToken })).toMatchObject({ volunteer, resumeToken });
    expect(await again.next("round-opened")).toMatchObject({ round: 1 });
    again.send(offer);
    expect(await again.next("upload-ready")).toMatchObject({ offset: 2048 });
    sendChunks(again, 1, bytes, 2048);
    await again.next("update-acknowledged");
  });

  it("[T3] hears of an update that is stored already again, and of another one that it is too many", async () => {
    const { name } = await newRun({ minimum: 2, size: 2, quorum: 2 });
    const [one] = (await joined(name, 2)) as [RawVolunteer];
    const opened = await one.next("round-opened");
    const { hash } = await report(one, opened, delta(1));
    one.send(offerOf(opened, delta(1)).offer);
    expect(await one.next("update-acknowledged")).toMatchObject({ round: 1, hash });
    one.send(offerOf(opened, delta(2)).offer);
    expect(await one.next("update-refused")).toMatchObject({ reason: "duplicate" });
  });

  it("[T3] hears of an update that is stored already again after many rounds without it", async () => {
    const { name } = await newRun({ rounds: 9 });
    const away = await connectVolunteer(server.url);
    const { resumeToken } = await join(away, name);
    const opened = await away.next("round-opened");
    const { hash } = await report(away, opened, delta(1));
    away.send({ type: "unavailable" });
    const [other] = (await joined(name, 1)) as [RawVolunteer];
    for (const value of [0.2, 0.3, 0.4]) await report(other, await other.next("round-opened"), delta(value));
    away.drop();
    await away.closed;
    const again = await connectVolunteer(server.url);
    await join(again, name, { resumeToken });
    again.send(offerOf(opened, delta(1)).offer);
    expect(await again.next("update-acknowledged")).toMatchObject({ round: 1, hash });
  });

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
});

describe("faults, each of them of one volunteer only", () => {
  it("[T5] refuses an update that is not finite, too large a value, or of the wrong shape, and uses none of it", async () => {
    const { name } = await newRun({ minimum: 3, size: 3, quorum: 2 });
    const [good, bad, also] = (await joined(name, 3)) as [RawVolunteer, RawVolunteer, RawVolunteer];
    const opened = await bad.next("round-opened");
    const poison = delta(0.1);
    poison[17] = Number.NaN;
    const refusals: [Float32Array, string, RegExp][] = [
      [poison, "not-finite", /NaN at 17/],
      [delta(1e6), "out-of-bounds", /1000000 at 0/],
      [delta(9), "out-of-bounds", /norm up to 100/],
      [delta(1, parameters + 1), "wrong-shape", /expected 1000 values, got 1001/],
    ];
    for (const [values, reason, detail] of refusals) {
      const { offer, bytes } = offerOf(opened, values);
      bad.send(offer);
      if (reason !== "wrong-shape") {
        await bad.next("upload-ready");
        sendChunks(bad, 1, bytes, 0);
      }
      const refused = await bad.next("update-refused");
      expect(refused).toMatchObject({ round: 1, reason });
      expect(refused.detail).toMatch(detail);
    }
    await report(good, opened, delta(1));
    await report(also, opened, delta(3));
    bad.send({ type: "goodbye" });
    expect(await good.next("round-closed")).toMatchObject({ outcome: "aggregated", counted: true });
    expect(await averagedValue(name, 1)).toBe(2);
    const outcomes = (await server.storage.rounds.participations(name)).map(({ outcome }) => outcome);
    expect(outcomes.sort()).toEqual(["refused", "reported", "reported"]);
  });

  it("[T21] under control variates an update carries both deltas, each within the limits, and the server's variate is fetched", async () => {
    const { name } = await newRun({}, { kind: "scaffold", serverRate: 1, population: 4 });
    const [volunteer] = await joined(name, 1);
    if (volunteer === undefined) throw new Error("nobody joined");
    const opened = await volunteer.next("round-opened");
    expect(opened.control).toBeNull();
    const both = (control: number) => Float32Array.from([...delta(0.5), ...delta(control)]);
    volunteer.send(offerOf(opened, delta(0.5)).offer);
    expect(await volunteer.next("update-refused")).toMatchObject({
      reason: "wrong-shape",
      detail: "expected 2000 values, got 1000",
    });
    for (const [control, reason, said] of [
      [Number.NaN, "not-finite", "control delta: expected finite values, got NaN at 0"],
      [11, "out-of-bounds", "control delta: expected values up to 10, got 11 at 0"],
      [9, "out-of-bounds", "control delta: expected a norm up to 100"],
    ] as const) {
      const { offer, bytes } = offerOf(opened, both(control));
      volunteer.send(offer);
      const { offset } = await volunteer.next("upload-ready");
      sendChunks(volunteer, opened.round, bytes, offset);
      const refused = await volunteer.next("update-refused");
      expect(refused).toMatchObject({ reason, detail: expect.stringContaining(said) });
    }
    await report(volunteer, opened, both(0.25));
    const second = await volunteer.next("round-opened", ({ round }) => round === 2);
    if (second.control === null) throw new Error("expected a control variate");
    const bytes = await download(volunteer, second.control, 1000);
    // One of the four that the run is for moved by a quarter.
    expect(decodeValues(bytes, "float32")).toEqual(delta(0.0625, 750));
    volunteer.drop();
  });

  it("[T6] refuses an update of another round, snapshot or dtype, with too many examples, or from outside the cohort", async () => {
    const { name } = await newRun({ size: 1 });
    const [asked] = (await joined(name, 1)) as [RawVolunteer];
    const opened = await asked.next("round-opened");
    const [outsider] = (await joined(name, 1)) as [RawVolunteer];
    const { offer } = offerOf(opened, delta(1));
    const cases = [
      [asked, { ...offer, round: 1001 }, "wrong-round"],
      [asked, { ...offer, round: Number.MAX_SAFE_INTEGER }, "wrong-round"],
      [asked, { ...offer, snapshot: "f".repeat(64) }, "wrong-snapshot"],
      [asked, offerOf(opened, delta(1), { dtype: "float16" }).offer, "wrong-dtype"],
      [asked, { ...offer, examples: 1001 }, "too-many-examples"],
      [asked, { ...offer, tensor: { ...offer.tensor, bytes: 8000 } }, "wrong-shape"],
      [outsider, offer, "not-in-cohort"],
    ] as const;
    for (const [volunteer, message, reason] of cases) {
      volunteer.send(message);
      expect(await volunteer.next("update-refused"), reason).toMatchObject({ reason });
    }
    asked.send({ ...offer, loss: Number.NaN });
    expect(await asked.next("fault")).toMatchObject({
      reason: "bad-message",
      detail: expect.stringContaining("NaN"),
    });
    await report(asked, opened, delta(1));
    await asked.next("round-closed");
    asked.send({ ...offer, tensor: { ...offer.tensor, hash: "e".repeat(64) } });
    expect(await asked.next("update-refused")).toMatchObject({ reason: "duplicate" });
    outsider.send(offer);
    expect(await outsider.next("update-refused")).toMatchObject({ reason: "late" });
  });

  it("[T7] refuses chunks that were not offered, out of place, or whose hash is wrong, and takes the update after all", async () => {
    const { name } = await newRun({});
    const [one] = (await joined(name, 1)) as [RawVolunteer];
    const opened = await one.next("round-opened");
    const { offer, bytes } = offerOf(opened, delta(1));
    sendChunks(one, 1, bytes, 0);
    expect(await one.next("update-refused")).toMatchObject({ reason: "not-offered" });
    one.send(offer);
    await one.next("upload-ready");
    sendChunks(one, 1, bytes, 1024);
    expect(await one.next("update-refused")).toMatchObject({ reason: "bad-offset" });
    one.send(offer);
    await one.next("upload-ready");
    sendChunks(one, 1, bytes.slice().fill(1), 0);
    expect(await one.next("update-refused")).toMatchObject({ reason: "hash-mismatch" });
    await report(one, opened, delta(1));
    one.send({ type: "snapshot-requested", hash: "d".repeat(64), offset: 0 });
    expect(await one.next("update-refused")).toMatchObject({ reason: "unknown-snapshot" });
    expect(one.received.filter(({ type }) => type === "update-refused")).toHaveLength(4);
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

  it("[T11] a volunteer that drops after the others have reported does not hold up the round", async () => {
    const { name } = await newRun({ minimum: 3, size: 3, quorum: 2 });
    const [one, two, three] = (await joined(name, 3)) as [RawVolunteer, RawVolunteer, RawVolunteer];
    await three.next("round-opened");
    await report(one, await one.next("round-opened"), delta(1));
    await report(two, await two.next("round-opened"), delta(3));
    three.drop();
    expect(await one.next("round-closed")).toMatchObject({ outcome: "aggregated", counted: true });
    expect(await averagedValue(name, 1)).toBe(2);
  });

  it("[T12] a volunteer that is connected but silent costs its round no more than the deadline", async () => {
    const { name } = await newRun({ minimum: 2, size: 2, quorum: 1, deadlineMs: 300 });
    const [good, silent] = (await joined(name, 2)) as [RawVolunteer, RawVolunteer];
    await report(good, await good.next("round-opened"), delta(1));
    expect(await good.next("round-closed")).toMatchObject({ outcome: "aggregated", counted: true });
    expect(await silent.next("round-closed")).toMatchObject({ outcome: "aggregated", counted: false });
  });

  it("[T13] a round in which nobody reports is abandoned, and the next one asks again", async () => {
    const { name } = await newRun({ deadlineMs: 200 });
    const [one] = (await joined(name, 1)) as [RawVolunteer];
    expect(await one.next("round-closed")).toMatchObject({ round: 1, outcome: "abandoned", counted: false });
    const opened = await one.next("round-opened", ({ round }) => round >= 2);
    await report(one, opened, delta(1));
    const rows = await server.storage.rounds.rows(name);
    expect(rows[0]).toMatchObject({ round: 1, outcome: "abandoned" });
  });

  it("[T14] a pause of a volunteer leaves its round, and being available again brings it back", async () => {
    const { name, coordinator } = await newRun({ minimum: 2, size: 2, quorum: 1 });
    const [one, two] = (await joined(name, 2)) as [RawVolunteer, RawVolunteer];
    const opened = await one.next("round-opened");
    await two.next("round-opened");
    two.send({ type: "unavailable" });
    await until(coordinator, (state) => state.phase === "collecting" && state.dropped.size === 1);
    two.send({ type: "available", examples: 5 });
    expect(await two.next("round-opened")).toMatchObject({ round: 1 });
    expect(coordinator.state()).toMatchObject({ dropped: new Set() });
    await report(one, opened, delta(1));
    await report(two, opened, delta(1));
    expect(await two.next("round-closed")).toMatchObject({ counted: true });
  });
});

describe("a connection", () => {
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

  it("[T19] reserves no more for updates on their way in than the limit, and frees it when the round closes", () => {
    const uploads = createUploads(10_000);
    const { offer } = offerOf({ round: 1, snapshot: { hash: "a".repeat(64) } }, delta(1));
    expect(uploads.begin("run", "v-1", offer)?.assembly.received).toBe(0);
    expect(uploads.begin("run", "v-1", offer)).toBe(uploads.find("run", "v-1"));
    expect(uploads.begin("run", "v-2", offer)).not.toBe(null);
    expect(uploads.begin("run", "v-3", offer)).toBe(null);
    uploads.closeRounds("run", 1);
    expect(uploads.find("run", "v-1")).toBe(undefined);
    expect(uploads.begin("run", "v-3", offer)).not.toBe(null);
  });

  it("[T20] hashes that nobody has displace no snapshot that is kept", async () => {
    const own = await startTestServer();
    try {
      const { run } = await own.run("cached", plan({ minimum: 2, size: 2 }), parameters);
      const { snapshots } = own.storage;
      let reads = 0;
      const byHash: typeof snapshots.byHash = (...of) => {
        reads += 1;
        return snapshots.byHash(...of);
      };
      const cache = createSnapshotCache({ ...own.storage, snapshots: { ...snapshots, byHash } });
      const hash = (await snapshots.list(run.id))[0]?.hash ?? "";
      const first = await cache.bytes(run.id, hash);
      for (const digit of "0123456789") {
        expect(await cache.bytes(run.id, digit.repeat(64))).toBe(null);
      }
      expect(await cache.bytes(run.id, hash)).toBe(first);
      expect(reads).toBe(11);
    } finally {
      await own.close();
    }
  });
});
