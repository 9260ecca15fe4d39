import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parameterCount } from "@tributary/model";
import { sha256 } from "@tributary/platform";
import { networkOf } from "@tributary/protocol";
import { measured } from "@tributary/protocol/testing";
import type { Storage, Write } from "@tributary/storage";
import { snapshotOf } from "@tributary/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestServer, type TestServer, testPlan } from "../../testing/http-server.ts";
import { exportRun } from "./export-run.ts";
import { participationColumns, roundColumns } from "./tables.ts";

const elements = parameterCount(networkOf(testPlan));
const atMs = Date.parse("2026-01-01T00:00:00Z");

/** Two volunteers asked, one reports, one is refused; the round is aggregated and evaluated; a set is learned. */
async function playRound(storage: Storage, run: string): Promise<void> {
  const [initial] = await storage.snapshots.list(run);
  const startSnapshot = initial?.hash ?? "";
  for (const [volunteer, digit] of [
    ["v-1", "1"],
    ["v-2", "2"],
  ] as const) {
    await storage.volunteers.create(run, volunteer, digit.repeat(64), "a test", "wasm");
  }
  const aggregate = snapshotOf(new Float32Array(elements).fill(0.5));
  const writes: readonly Write[] = [
    { type: "open-round", round: 1, startSnapshot, cohort: ["v-1", "v-2"], atMs },
    {
      type: "record-update",
      update: {
        round: 1,
        volunteer: "v-1",
        ...deltaOf(new Float32Array(elements).fill(0.25)),
        dtype: "float32",
        examples: 15,
        loss: 1.25,
        accuracy: 0.5,
        evaluation: measured(0.375, 0.5, { examples: 8 }),
        trainingMs: 40,
      },
      atMs: atMs + 1000,
    },
    {
      type: "close-round",
      round: 1,
      outcome: "aggregated",
      atMs: atMs + 2000,
      traffic: [{ volunteer: "v-1", bytesUp: 700, bytesDown: 800 }],
    },
    { type: "store-snapshot", round: 1, kind: "aggregate", snapshot: aggregate },
    { type: "enqueue-job", job: { kind: "evaluate", round: 1, snapshot: aggregate.hash } },
    { type: "enqueue-job", job: { kind: "synthesize", round: 2 } },
  ];
  const committed = await storage.journal.commit(run, 1, { type: "started", atMs }, writes);
  expect(committed.outcome).toBe("committed");
  await storage.rounds.refuse(run, 1, "v-2", "not-finite", "=NaN at 7");
  await finishJobs(storage);
}

function deltaOf(values: Float32Array) {
  const { hash, parameters } = snapshotOf(values);
  return { hash, delta: parameters };
}

async function finishJobs(storage: Storage): Promise<void> {
  const count = 3 * 2;
  for (
    let job = await storage.jobs.claim("w", 60_000);
    job !== null;
    job = await storage.jobs.claim("w", 60_000)
  ) {
    if (job.kind === "evaluate") {
      await storage.jobs.complete(job.id, "w", {
        kind: "evaluate",
        measurement: measured(0.75, 0.5),
      });
    } else {
      await storage.jobs.complete(job.id, "w", {
        kind: "synthesize",
        set: {
          imagesPerClass: 2,
          images: snapshotOf(new Float32Array(count * 30).fill(1.5)).parameters,
          labelLogits: snapshotOf(new Float32Array(count * 3)).parameters,
          innerStep: 0.25,
        },
        progress: { backend: "wasm", iteration: 4, iterations: 4, distances: [[1, 0.9]], ms: 1234 },
      });
    }
  }
}

describe("the exports of a run", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer();
    await playRound(server.storage, server.run);
  });
  afterAll(() => server.close());
  const get = async (name: string) => {
    const response = await server.app.inject({
      url: `/api/admin/runs/${server.run}/export/${name}`,
      headers: { ...server.operator },
    });
    expect([name, response.statusCode]).toEqual([name, 200]);
    return response;
  };

  it("[X2] rounds.csv and rounds.jsonl have one row a round under the same stable columns", async () => {
    const [header, row, end] = (await get("rounds.csv")).payload.split("\r\n");
    expect(header).toBe(
      "round,outcome,participants,asked,refused,examples,loss,accuracyAggregate,lossAggregate,accuracyRefined," +
        "lossRefined,bytesUp,bytesDown,ms,startSnapshot,aggregateSnapshot,refinedSnapshot,startedAt,closedAt," +
        "startRound,balancedAccuracyAggregate,aucAggregate,rmseAggregate,r2Aggregate,balancedAccuracyRefined," +
        "aucRefined,rmseRefined,r2Refined,volunteersFederated,examplesFederated,lossFederated,accuracyFederated," +
        "balancedAccuracyFederated,aucFederated,rmseFederated,r2Federated,headlineFederated,spreadFederated," +
        "worstTenthFederated",
    );
    expect(end).toBe("");
    const object = JSON.parse((await get("rounds.jsonl")).payload);
    expect(Object.keys(object)).toEqual(roundColumns);
    expect(object).toMatchObject({
      round: 1,
      participants: 1,
      asked: 2,
      refused: 1,
      accuracyAggregate: 0.75,
      balancedAccuracyAggregate: 0.75,
      startRound: 0,
      volunteersFederated: 1,
      examplesFederated: 8,
      accuracyFederated: 0.375,
      headlineFederated: "accuracy",
      spreadFederated: 0,
      worstTenthFederated: 0.375,
      ms: 2000,
    });
    expect(row?.split(",")).toEqual(roundColumns.map((name) => String(object[name] ?? "")));
  });

  it("[X3] participations.csv and .jsonl have one row a volunteer and round, with the reason of a refusal", async () => {
    const response = await get("participations.csv");
    expect(response.headers["content-disposition"]).toContain(`${server.run}-participations.csv`);
    expect(response.payload.split("\r\n")[0]).toBe(participationColumns.join(","));
    const rows = (await get("participations.jsonl")).payload
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows).toHaveLength(2);
    expect(rows.find(({ volunteer }) => volunteer === "v-1")).toMatchObject({
      examples: 15,
      bytesUp: 700,
      examplesHeldOut: 8,
      accuracyHeldOut: 0.375,
      rmseHeldOut: null,
    });
    expect(String(rows.find(({ volunteer }) => volunteer === "v-2")?.reason)).toContain("not-finite");
  });

  it("[X4] the manifest holds the plan, the layout, the columns, the best round and each snapshot's hash", async () => {
    const manifest = (await get("manifest.json")).json();
    expect(manifest).toMatchObject({
      format: "tributary-run-export",
      run: server.run,
      plan: testPlan,
      parameters: elements,
      completedRounds: 1,
      columns: { rounds: roundColumns, participations: participationColumns },
      best: { round: 1, accuracy: 0.75 },
      newest: { round: 1, kind: "aggregate" },
    });
    expect(manifest.snapshots).toHaveLength(2);
    expect((await get("manifest.json")).json()).toEqual(manifest);
  });

  it("[X5] every snapshot is a file of float32 bytes with the hash that its own JSON and the manifest give", async () => {
    const { snapshots } = (await get("manifest.json")).json() as {
      snapshots: { file: string; hash: string }[];
    };
    for (const { file, hash } of snapshots) {
      const bytes = (await get(file)).rawPayload;
      expect(bytes.byteLength).toBe(4 * elements);
      expect(sha256(bytes)).toBe(hash);
      const about = (await get(file.replace(/bin$/, "json"))).json();
      expect(about).toMatchObject({ hash, dtype: "float32", byteOrder: "little-endian", elements });
    }
    expect((await get("snapshots/1-aggregate.bin")).rawPayload.readFloatLE(4)).toBe(0.5);
  });

  it("[X6] the synthetic set is a file whose arrays lie where its JSON says", async () => {
    const about = (await get("synthetic-set.json")).json();
    const bytes = (await get("synthetic-set.bin")).rawPayload;
    expect(sha256(bytes)).toBe(about.hash);
    const offsets = Object.fromEntries(
      (about.arrays as { name: string; offsetBytes: number }[]).map(({ name, offsetBytes }) => [
        name,
        offsetBytes,
      ]),
    );
    expect(about.arrays[0].shape).toEqual([6, 6, 5, 1]);
    expect(bytes.readFloatLE(offsets.images ?? -1)).toBe(1.5);
    expect(bytes.readFloatLE(offsets.labelLogits ?? -1)).toBe(0);
    expect(bytes.readFloatLE(offsets.innerStep ?? -1)).toBe(0.25);
    expect(bytes.byteLength).toBe((offsets.innerStep ?? -1) + 4);
  });

  it("[X7] the list of files names all of them, and the folder export writes the same bytes", async () => {
    const listed = await server.app.inject({
      url: `/api/admin/runs/${server.run}/export`,
      headers: { ...server.operator },
    });
    const { files } = listed.json() as { files: string[] };
    const directory = await mkdtemp(join(tmpdir(), "tributary-export-"));
    expect(await exportRun(server.storage, server.run, directory)).toEqual(files);
    for (const name of files) {
      expect((await readFile(join(directory, name))).equals((await get(name)).rawPayload)).toBe(true);
    }
    await rm(directory, { recursive: true });
    await expect(exportRun(server.storage, "nowhere", directory)).rejects.toThrow('"nowhere"');
  });

  it("[X8] a file that the export does not have is a 404 that quotes its name", async () => {
    for (const name of [
      "secrets.csv",
      "snapshots/9-aggregate.bin",
      "snapshots/0-wrong.bin",
      "..%2Frounds.csv",
    ]) {
      const response = await server.app.inject({
        url: `/api/admin/runs/${server.run}/export/${name}`,
        headers: { ...server.operator },
      });
      expect(response.statusCode).toBe(404);
      expect(response.json().detail).toContain(decodeURIComponent(name));
    }
  });

  it("[H6] the dashboard gets the learned set: pixels to paint, a distribution a label row", async () => {
    const response = await server.app.inject({
      url: `/api/admin/runs/${server.run}/synthetic`,
      headers: { ...server.operator },
    });
    expect(response.json()).toMatchObject({
      round: 2,
      final: true,
      imagesPerClass: 2,
      image: [6, 5, 1],
      innerStep: 0.25,
    });
    expect(Buffer.from(response.json().pixels, "base64")).toHaveLength(6 * 30);
    expect(response.json().labels).toHaveLength(6);
  });
});
