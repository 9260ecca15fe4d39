/** The manifest that a server exports for a live run, as the configuration of a simulation. */
import { sampleOf } from "@tributary/protocol";
import { openTestServer } from "@tributary/server/testing";
import { expect, test } from "vitest";
import { parseSimulationConfig, planOfConfig } from "./simulation-config.ts";

test("[M14] a live run's exported manifest is, as it is, a configuration of that run's plan", async () => {
  const server = await openTestServer();
  try {
    const { payload, statusCode } = await server.app.inject({
      url: `/api/admin/runs/${server.run}/export/manifest.json`,
      headers: { ...server.operator },
    });
    expect(statusCode).toBe(200);
    const { plan } = (await server.storage.runs.find(server.run)) ?? expect.unreachable("the run is gone");
    const parsed = parseSimulationConfig(payload);
    expect(parsed).toEqual({
      ok: true,
      value: {
        ...{ base: null, plan, folder: null, sha256: null, backend: "auto", split: null },
        volunteersTrain: "always",
      },
    });
    const data = {
      ...{ task: plan.task, isOwnTask: false, groups: null },
      train: { count: sampleOf(plan).train },
      test: { count: sampleOf(plan).test },
    };
    expect(parsed.ok && planOfConfig(parsed.value, data, "any")).toEqual({ ok: true, value: plan });
  } finally {
    await server.close();
  }
});
