import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { parameterCount, prepareBackend } from "@tributary/model";
import { decodeValues, networkOf } from "@tributary/protocol";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { testDataset } from "../testing/dataset.ts";
import { testPlan } from "../testing/plan.ts";
import { depsOf, eventually, soon, stubbornTrainer } from "../testing/running-volunteer.ts";
import { createScriptedServer, type ScriptedServer } from "../testing/scripted-server.ts";
import { createMemoryStore } from "./memory-store.ts";
import { startVolunteer } from "./start-volunteer.ts";
import { createLocalTrainer } from "./training/local-trainer.ts";
import type { SocketEvents, Trainer, Volunteer, VolunteerDeps } from "./types.ts";

const parameters = parameterCount(networkOf(testPlan));
const started: Volunteer[] = [];

beforeAll(async () => {
  await tf.setBackend("cpu");
  prepareBackend();
});
afterEach(async () => {
  for (const volunteer of started.splice(0)) await volunteer.stop();
});

function start(
  server: Pick<ScriptedServer, "openSocket">,
  trainer: Trainer,
  deps: Partial<VolunteerDeps> = {},
): Volunteer {
  const volunteer = startVolunteer({
    url: "ws://test/api/volunteer",
    run: "demo",
    deps: { ...depsOf(server, trainer), ...deps },
    onView: () => undefined,
  });
  started.push(volunteer);
  return volunteer;
}

const realTrainer = () =>
  createLocalTrainer({ dataset: testDataset(30), holdOut: null, source: "shard-0", backend: "cpu" });
const heardTypes = (server: ScriptedServer) => server.heard.map(({ type }) => type);
const requested = (server: ScriptedServer) =>
  server.heard.flatMap((message) => (message.type === "snapshot-requested" ? [message.offset] : []));

describe("a volunteer over the real codec", () => {
  test("[V21] what the server commits is the trained model less the snapshot, in the plan's dtype", async () => {
    const server = createScriptedServer(parameters);
    const values = new Map<string, Uint8Array>();
    const volunteer = start(server, realTrainer(), { store: createMemoryStore(values) });
    server.openRound(1);
    await eventually(() => expect(volunteer.view().contribution.rounds).toBe(1));
    const alone = await realTrainer().train({
      round: 1,
      plan: testPlan,
      start: server.snapshot,
      control: null,
      onBatch: () => undefined,
      signal: new AbortController().signal,
    });
    const [update] = server.committed;
    const delta = decodeValues(update?.bytes ?? new Uint8Array(), "float32");
    expect(delta).toEqual(alone.parameters.map((value, at) => value - (server.snapshot[at] ?? 0)));
    expect(volunteer.latestModel()).toEqual(server.snapshot);
    expect(volunteer.view()).toMatchObject({
      status: { phase: "waiting" },
      rounds: testPlan.rounds,
      contribution: { rounds: 1, examples: 30, bytesUp: 4 * parameters, bytesDown: 4 * parameters },
      local: [{ round: 1, loss: alone.loss }],
    });
    await eventually(() => expect([...values.keys()]).toEqual(["demo/identity"]));
  });

  test("[V7] a broken download goes on where it stopped, over a new connection", async () => {
    const server = createScriptedServer(1000);
    const { trainer, state } = stubbornTrainer();
    const volunteer = start(server, trainer);
    server.cutAfter("down", 2);
    server.openRound(1);
    await eventually(() => expect(state.trainings).toBe(1));
    expect(requested(server)).toEqual([0, 2048]);
    expect(server.heard.filter(({ type }) => type === "hello")).toMatchObject([
      {},
      { resumeToken: "token-1" },
    ]);
    expect(volunteer.latestModel()).toEqual(server.snapshot);
    state.finish();
  });

  test("[V22] a broken upload goes on where the server has it, without a second training", async () => {
    const server = createScriptedServer(1000);
    const { trainer, state } = stubbornTrainer();
    const volunteer = start(server, trainer);
    server.cutAfter("up", 3);
    server.openRound(1);
    await eventually(() => expect(state.running).toBe(1));
    state.finish();
    await eventually(() => expect(volunteer.view().contribution.rounds).toBe(1));
    const offsets = server.heard.flatMap((message) =>
      message.type === "update-chunk" ? [message.offset] : [],
    );
    expect(offsets).toEqual([0, 1024, 2048, 3072]);
    expect(state.trainings).toBe(1);
  });

  test("[V23] a training goes on while the connection is gone, and is delivered when it is back", async () => {
    const server = createScriptedServer(100);
    const { trainer, state } = stubbornTrainer();
    const volunteer = start(server, trainer);
    server.openRound(1);
    await eventually(() => expect(state.running).toBe(1));
    server.drop();
    await eventually(() => expect(heardTypes(server).filter((type) => type === "available")).toHaveLength(2));
    expect(volunteer.view().status).toMatchObject({ phase: "training", round: 1 });
    state.finish();
    await eventually(() => expect(server.committed).toHaveLength(1));
    expect(state.trainings).toBe(1);
  });

  test("[V13] a finished update survives a reload and is delivered by the next visit", async () => {
    const server = createScriptedServer(1000);
    const values = new Map<string, Uint8Array>();
    const first = stubbornTrainer();
    start(server, first.trainer, { store: createMemoryStore(values) });
    server.openRound(1);
    await eventually(() => expect(first.state.running).toBe(1));
    server.bufferedBytes = 1 << 21;
    first.state.finish();
    await eventually(() => expect([...values.keys()]).toContain("demo/update"));
    server.drop();
    server.bufferedBytes = 0;
    const second = stubbornTrainer();
    const reloaded = start(server, second.trainer, { store: createMemoryStore(values) });
    await eventually(() => expect(reloaded.view().contribution.rounds).toBe(1));
    expect(decodeValues(server.committed[0]?.bytes ?? new Uint8Array(), "float32")[0]).toBe(0.25);
    expect(second.state.trainings).toBe(0);
    await eventually(() => expect([...values.keys()]).toEqual(["demo/identity"]));
  });

  test("[V24] a stored update that was damaged is left aside", async () => {
    const server = createScriptedServer(100);
    const values = new Map([["demo/update", Uint8Array.from([200, 0, 0, 0, 1, 2, 3])]]);
    const volunteer = start(server, realTrainer(), { store: createMemoryStore(values) });
    await eventually(() => expect(volunteer.view().status.phase).toBe("waiting"));
    expect(heardTypes(server)).toEqual(["hello", "available"]);
  });

  test("[V25] chunks wait while the socket's backlog is full", async () => {
    const server = createScriptedServer(1000);
    const { trainer, state } = stubbornTrainer();
    let waits = 0;
    const after: VolunteerDeps["after"] = (ms, run) => {
      waits += 1;
      return soon(ms, run);
    };
    const volunteer = start(server, trainer, { after });
    server.openRound(1);
    await eventually(() => expect(state.running).toBe(1));
    server.bufferedBytes = 1 << 21;
    state.finish();
    await eventually(() => expect(volunteer.view().status).toMatchObject({ phase: "sending", sent: 0 }));
    const before = waits;
    await eventually(() => expect(waits).toBeGreaterThan(before + 3));
    expect(heardTypes(server)).not.toContain("update-chunk");
    server.bufferedBytes = 0;
    await eventually(() => expect(server.committed).toHaveLength(1));
  });

  test("[V5] an older socket that closes late leaves the upload on the present one alone", async () => {
    const server = createScriptedServer(1000);
    const { trainer, state } = stubbornTrainer();
    const opened: SocketEvents[] = [];
    const openSocket: VolunteerDeps["openSocket"] = (url, events) => {
      opened.push(events);
      return server.openSocket(url, events);
    };
    const volunteer = start({ openSocket }, trainer);
    server.openRound(1);
    await eventually(() => expect(state.running).toBe(1));
    server.sendBytes(Uint8Array.from([0xc1]));
    await eventually(() => expect(opened).toHaveLength(2));
    server.bufferedBytes = 1 << 21;
    state.finish();
    await eventually(() => expect(volunteer.view().status).toMatchObject({ phase: "sending", sent: 0 }));
    opened[0]?.closed(1006, "");
    server.bufferedBytes = 0;
    await eventually(() => expect(server.committed).toHaveLength(1));
  });

  test("[V26] an unreadable frame costs a connection, nothing more", async () => {
    const server = createScriptedServer(100);
    const { trainer, state } = stubbornTrainer();
    start(server, trainer);
    server.openRound(1);
    await eventually(() => expect(state.running).toBe(1));
    server.sendBytes(Uint8Array.from([0xc1]));
    await eventually(() => expect(heardTypes(server).filter((type) => type === "hello")).toHaveLength(2));
    state.finish();
    await eventually(() => expect(server.committed).toHaveLength(1));
  });

  test("[V27] a training that diverged is never offered", async () => {
    const server = createScriptedServer(100);
    const diverging: Trainer = {
      ...stubbornTrainer().trainer,
      train: async ({ start }) => ({
        parameters: start.map((_, at) => (at === 5 ? Number.NaN : 0)),
        optimizerState: { kind: "sgd" },
        loss: 1,
        accuracy: 0,
        examples: 30,
        batches: 1,
        meanGradient: null,
        controlDelta: null,
        evaluation: null,
      }),
    };
    const volunteer = start(server, diverging);
    server.openRound(1);
    await eventually(() => expect(volunteer.view().lastRefusal).not.toBeNull());
    expect(volunteer.view().lastRefusal).toMatchObject({
      reason: "training-failed",
      detail: "parameter 5 became NaN",
    });
    expect(heardTypes(server)).not.toContain("update-offered");
  });

  test("[V17] a stop during training disposes the trainer once the training has ended", async () => {
    const server = createScriptedServer(100);
    const { trainer, state } = stubbornTrainer();
    const volunteer = start(server, trainer);
    server.openRound(1);
    await eventually(() => expect(state.running).toBe(1));
    const stopped = volunteer.stop();
    expect(volunteer.view().status).toEqual({ phase: "stopped" });
    // By then a disposal that does not wait for the training has happened.
    await new Promise((resolve) => setImmediate(resolve));
    expect(state.disposed).toBe(false);
    state.finish();
    await stopped;
    expect(state.disposed).toBe(true);
  });
});
