import { until } from "@tributary/platform/testing";
import { expect, it } from "vitest";
import { connectVolunteer, helloTo, join, offerOf } from "../../testing/test-volunteer.ts";
import { delta, parameters, plan } from "../../testing/volunteer-runs.ts";
import { startTestServer } from "../../testing/volunteer-server.ts";

it("[T24] one line says who was refused what and why, and one why a connection ends", async () => {
  const lines: object[] = [];
  const keep = (fields: object, message: string) => void lines.push({ ...fields, message });
  const server = await startTestServer({ log: { info: keep, warn: keep, error: keep } });
  try {
    await server.run("logged", plan({ minimum: 1, size: 1 }), parameters);
    const volunteer = await connectVolunteer(server.url);
    const { volunteer: id, resumeToken } = await join(volunteer, "logged");
    const { offer } = offerOf(await volunteer.next("round-opened"), delta(1));
    volunteer.send({ ...offer, examples: 1001 });
    await volunteer.next("update-refused");
    const newer = await connectVolunteer(server.url);
    await join(newer, "logged", { resumeToken });
    await volunteer.closed;
    const lost = await connectVolunteer(server.url);
    lost.send(helloTo("nowhere"));
    await lost.closed;
    newer.send({ type: "goodbye" });
    await newer.closed;

    const refusals = lines.filter((line) => "reason" in line && "round" in line);
    const detail = "expected at most 1000 examples, got 1001";
    expect(refusals).toEqual([
      {
        ...{ run: "logged", round: 1, volunteer: id, reason: "too-many-examples", detail },
        message: "refused an update or a request",
      },
    ]);
    const ends = () => lines.filter((line) => "message" in line && line.message === "a connection ends");
    await until("two connections to end with a reason", () => ends().length === 2);
    const elsewhere = { reason: "replaced", detail: "this volunteer is connected elsewhere" };
    const nowhere = { reason: "unknown-run", detail: "there is no run nowhere" };
    expect(ends()).toMatchObject([
      { ...elsewhere, run: "logged", volunteer: id },
      { ...nowhere, run: "nowhere", volunteer: null },
    ]);
  } finally {
    await server.close();
  }
});
