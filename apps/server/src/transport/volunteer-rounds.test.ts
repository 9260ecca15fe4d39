import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RawVolunteer, report } from "../../testing/test-volunteer.ts";
import { delta, runsOn } from "../../testing/volunteer-runs.ts";
import { startTestServer, type TestServer, until } from "../../testing/volunteer-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
const { aggregateValue, joined, newRun } = runsOn(() => server);

describe("a round with volunteers that drop, pause or say nothing", () => {
  it("[T11] a volunteer that drops after the others have reported does not hold up the round", async () => {
    const { name } = await newRun({ minimum: 3, size: 3, quorum: 2 });
    const [one, two, three] = (await joined(name, 3)) as [RawVolunteer, RawVolunteer, RawVolunteer];
    await three.next("round-opened");
    await report(one, await one.next("round-opened"), delta(1));
    await report(two, await two.next("round-opened"), delta(3));
    three.drop();
    expect(await one.next("round-closed")).toMatchObject({ outcome: "aggregated", counted: true });
    expect(await aggregateValue(name, 1)).toBe(2);
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
