import { decodeValues, encodeTensor } from "@tributary/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  connectVolunteer,
  download,
  join,
  offerOf,
  type RawVolunteer,
  report,
  sendChunks,
} from "../../../testing/test-volunteer.ts";
import { delta, parameters, runsOn } from "../../../testing/volunteer-runs.ts";
import { startTestServer, type TestServer } from "../../../testing/volunteer-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
const { aggregateValue, joined, newRun } = runsOn(() => server);

describe("an update on its way in", () => {
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
    expect(await aggregateValue(name, 1)).toBe(1.25);
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
    expect(await aggregateValue(name, 1)).toBe(2);
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
});
