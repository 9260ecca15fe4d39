import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import {
  definitionOf,
  fashionMnistTask,
  RunDetail,
  RunSummary,
  settingsOf,
  TaskList,
  TaskVersions,
} from "@tributary/protocol";
import type { LightMyRequestResponse } from "fastify";
import { Value } from "typebox/value";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestServer, type TestServer, testPlan, testToken } from "../../testing/http-server.ts";

const json = { "content-type": "application/json" };

/** A request whose target is sent exactly as given. */
async function raw(port: number, method: string, path: string, payload?: object): Promise<IncomingMessage> {
  const asked = request({ host: "127.0.0.1", port, method, path, headers: json });
  asked.end(payload === undefined ? undefined : JSON.stringify(payload));
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  response.resume();
  return response;
}

describe("the operator's API", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer();
  });
  afterAll(() => server.close());

  const get = (url: string, headers: object = server.operator) =>
    server.app.inject({ url, headers: { ...headers } });
  const post = (url: string, payload: object, headers: object = server.operator) =>
    server.app.inject({ method: "POST", url, headers: { ...json, ...headers }, payload });
  const login = (token: string, remoteAddress = "10.0.0.1") =>
    server.app.inject({
      method: "POST",
      url: "/api/admin/login",
      headers: json,
      payload: { token },
      remoteAddress,
    });
  const cookieOf = (response: LightMyRequestResponse) => {
    const [cookie] = response.cookies;
    return { cookie: `${cookie?.name}=${cookie?.value}` };
  };

  const settings = settingsOf(testPlan);
  let task: { readonly id: string; readonly version: number };
  beforeAll(async () => {
    task = (await post("/api/admin/tasks", definitionOf(testPlan.task))).json();
  });

  const listening = async () => {
    await server.app.listen({ host: "127.0.0.1", port: 0 });
    return server.app.server.address() as AddressInfo;
  };

  it("[H16] without a login every path below /api/admin is refused, even one that does not exist", async () => {
    for (const path of [
      "runs",
      "operator",
      "audit",
      "datasets",
      "tasks",
      "tasks/x/versions/1",
      "runs/x/events",
      "runs/x/export/rounds.csv",
      "no",
    ]) {
      const response = await get(`/api/admin/${path}`, {});
      expect([path, response.statusCode]).toEqual([path, 401]);
    }
    for (const path of ["runs", "runs/x/actions", "tasks", "logout"]) {
      expect((await post(`/api/admin/${path}`, {}, {})).statusCode).toBe(401);
    }
  });

  it("[H30] the login guards a route however its path is written, and so does the limit on logins", async () => {
    const { port } = await listening();
    const spellings = [
      "/api/%61dmin/runs",
      "/api/admin/%72uns",
      "http://x/api/admin/runs",
      "/%61pi/admin/no",
    ];
    for (const path of spellings) {
      expect([path, (await raw(port, "GET", path)).statusCode]).toEqual([path, 401]);
    }
    const action = `http://x/api/%61dmin/runs/${server.run}/actions`;
    expect((await raw(port, "POST", action, { action: "start" })).statusCode).toBe(401);
    expect(server.runs.find(server.run)?.activity.state).toBe("paused");

    const guesses = [];
    for (let guess = 0; guess < 12; guess++) {
      guesses.push(await raw(port, "POST", "http://x/api/%61dmin/login", { token: "trb_guess" }));
    }
    expect(guesses.filter(({ statusCode }) => statusCode === 429)).toHaveLength(2);
  });

  it("[H16] a wrong token gets no cookie, a known one gets a cookie that scripts and other sites cannot use", async () => {
    const wrong = await login("trb_wrong");
    expect(wrong.statusCode).toBe(401);
    expect(wrong.cookies).toEqual([]);

    const right = await login(testToken);
    expect(right.json()).toEqual({ label: "tester" });
    expect(right.cookies[0]).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
    const operator = await get("/api/admin/operator", cookieOf(right));
    expect(operator.json()).toEqual({ label: "tester" });
  });

  it("[H17] a login ends at logout, at its time, and with any change to its cookie", async () => {
    const cookie = cookieOf(await login(testToken));
    const forged = { cookie: cookie.cookie.replace(/.$/, (last) => (last === "0" ? "1" : "0")) };
    expect((await get("/api/admin/operator", forged)).statusCode).toBe(401);

    const logout = await post("/api/admin/logout", {}, cookie);
    expect([logout.statusCode, logout.body]).toEqual([204, ""]);
    expect((await get("/api/admin/operator", cookie)).statusCode).toBe(401);

    const old = cookieOf(await login(testToken));
    server.clock.nowMs += 12 * 60 * 60 * 1000;
    expect((await get("/api/admin/operator", old)).statusCode).toBe(401);
  });

  it("[H18] after ten logins in a minute an address must wait, others need not", async () => {
    const answers = [];
    for (let attempt = 0; attempt < 12; attempt++) answers.push(await login("trb_guess", "10.0.0.2"));
    expect(answers.filter(({ statusCode }) => statusCode === 401)).toHaveLength(10);
    expect(answers.at(-1)?.json()).toMatchObject({ error: "too-many-requests" });
    expect((await login(testToken, "10.0.0.3")).statusCode).toBe(200);
  });

  it("[H19] a change from another origin, or not in JSON, is refused", async () => {
    const body = { action: "start" };
    const url = `/api/admin/runs/${server.run}/actions`;
    const foreign = await post(url, body, { ...server.operator, origin: "https://evil.example" });
    expect(foreign.statusCode).toBe(403);
    expect(foreign.json().detail).toContain('"https://evil.example"');
    const own = await post(url, body, {
      ...server.operator,
      host: "learn.test",
      origin: "http://learn.test",
    });
    expect(own.statusCode).toBe(200);
    const form = await server.app.inject({
      method: "POST",
      url,
      headers: { ...server.operator, "content-type": "text/plain" },
      payload: JSON.stringify(body),
    });
    expect(form.statusCode).toBe(415);
    expect(form.json().detail).toContain('"text/plain"');
  });

  it("[H20] a run is created from a name and a plan, is adopted, and is found at once", async () => {
    const response = await post("/api/admin/runs", { name: "Second run", task, plan: settings });
    expect(response.statusCode).toBe(201);
    expect(Value.Errors(RunSummary, response.json())).toEqual([]);
    const plan = { ...testPlan, task: { ...testPlan.task, version: task.version } };
    expect(response.json()).toMatchObject({ id: "second-run", name: "Second run", plan });
    const detail = (await get("/api/admin/runs/second-run")).json();
    expect(Value.Errors(RunDetail, detail)).toEqual([]);
    expect((await get("/api/admin/runs")).json()).toContainEqual(response.json());
  });

  it("[H31] of two runs of one name that are made at once each gets an id of its own", async () => {
    const twin = { name: "Twin", task, plan: settings };
    const made = await Promise.all([post("/api/admin/runs", twin), post("/api/admin/runs", twin)]);
    expect(made.map((response) => response.json().id).sort()).toEqual(["twin", "twin-2"]);
    const odd = await post("/api/admin/runs", { ...twin, name: "half \ud83d" });
    expect([odd.statusCode, odd.json().detail]).toEqual([400, expect.stringContaining('"half \\ud83d"')]);
  });

  it("[H20] a plan with wrong values, or that this server cannot run, is refused with every problem quoted", async () => {
    const shape = await post("/api/admin/runs", {
      name: "x",
      task,
      plan: { ...settings, rounds: 0, seed: "one" },
    });
    expect(shape.statusCode).toBe(400);
    expect(shape.json().detail).toMatch(/\/plan\/rounds .*got 0/);
    expect(shape.json().detail).toMatch(/\/plan\/seed .*got "one"/);
    const two = { ...definitionOf(testPlan.task), id: "two-classes", classes: ["a", "b"] };
    const other = (await post("/api/admin/tasks", two)).json();
    const unfit = await post("/api/admin/runs", { name: "x", task: other, plan: settings });
    expect(unfit.statusCode).toBe(400);
    expect(unfit.json().problems).toContainEqual({
      path: "/task/classes",
      message: expect.stringContaining("got 2"),
    });
    expect(unfit.json().detail).toContain("/plan/sample/dataset");
    const unknown = await post("/api/admin/runs", {
      name: "x",
      task: { ...task, version: 99 },
      plan: settings,
    });
    expect([unknown.statusCode, unknown.json().problems]).toEqual([
      400,
      [{ path: "/task", message: `must be a task of this server, got task "${task.id}", version 99` }],
    ]);
    const broken = await server.app.inject({
      method: "POST",
      url: "/api/admin/runs",
      headers: { ...json, ...server.operator },
      payload: "{",
    });
    expect(broken.statusCode).toBe(400);
  });

  it("[H21] start, pause and stop steer the run; what cannot be is a 409 with its reason", async () => {
    const { id: run } = (await post("/api/admin/runs", { name: "Steered", task, plan: settings })).json();
    const url = `/api/admin/runs/${run}/actions`;
    for (const [action, state] of [
      ["start", "waiting"],
      ["pause", "paused"],
      ["start", "waiting"],
      ["stop", "stopped"],
    ] as const) {
      const response = await post(url, { action });
      expect(response.statusCode).toBe(200);
      expect(response.json().activity.state).toBe(state);
    }
    const refused = await post(url, { action: "start" });
    expect(refused.statusCode).toBe(409);
    expect(refused.json()).toEqual({
      error: "conflict",
      detail: expect.stringContaining("stopped"),
      problems: [],
    });
    expect((await post(url, { action: "explode" })).json().detail).toContain('"explode"');
    expect((await post("/api/admin/runs/none/actions", { action: "start" })).statusCode).toBe(404);
  });

  it("[H37] tasks are added as versions, listed and shown whole; the same again is no version of its own", async () => {
    const definition = { ...definitionOf(fashionMnistTask), id: "clothes" };
    const renamed = { ...definition, texts: { ...definition.texts, title: "Shirts" } };
    for (const [body, version] of [
      [definition, 1],
      [definition, 1],
      [renamed, 2],
    ] as const) {
      const added = await post("/api/admin/tasks", body);
      expect([added.statusCode, added.json()]).toEqual([201, { id: "clothes", version }]);
    }
    const list = (await get("/api/admin/tasks")).json();
    expect(Value.Errors(TaskList, list)).toEqual([]);
    expect(list).toContainEqual(expect.objectContaining({ id: "clothes", version: 2, title: "Shirts" }));
    const versions = (await get("/api/admin/tasks/clothes")).json();
    expect(Value.Errors(TaskVersions, versions)).toEqual([]);
    expect(versions.map((each: { task: object }) => each.task)).toEqual([
      { ...renamed, version: 2 },
      { ...definition, version: 1 },
    ]);
  });

  it("[H37] a version is a file that can be added as it is; what does not exist is a 404 that quotes it", async () => {
    const url = `/api/admin/tasks/${task.id}/versions/${task.version}`;
    const file = await get(url);
    expect(file.headers["content-disposition"]).toContain(`${task.id}-version-${task.version}.json`);
    expect(JSON.parse(file.body)).toEqual(definitionOf(testPlan.task));
    expect((await post("/api/admin/tasks", JSON.parse(file.body))).json()).toEqual(task);
    for (const [path, quoted] of [
      ["none", '"none"'],
      ["NONE", '"NONE"'],
      [`${task.id}/versions/77`, '"77"'],
      [`${task.id}/versions/0x1`, '"0x1"'],
    ]) {
      const missing = await get(`/api/admin/tasks/${path}`);
      expect([path, missing.statusCode]).toEqual([path, 404]);
      expect(missing.json().detail).toContain(quoted);
    }
  });

  it("[H37] a task with wrong values, or that no run can train, is refused with every problem by its path", async () => {
    const definition = definitionOf(fashionMnistTask);
    const image = await post("/api/admin/tasks", { ...definition, image: [28, 300, 1], id: "No Id" });
    expect(image.statusCode).toBe(400);
    expect(image.json().problems.map((problem: { path: string }) => problem.path)).toEqual(["/id", "/image"]);
    const deep = { ...definition, network: { kind: "convnet", width: 4, depth: 6 } };
    expect((await post("/api/admin/tasks", deep)).json().problems).toContainEqual({
      path: "/network/depth",
      message: expect.stringContaining("got 6"),
    });
    expect((await post("/api/admin/tasks", { kind: "dream" })).json().problems).toEqual([
      { path: "/kind", message: expect.stringContaining('"dream"') },
    ]);
  });

  it("[H22] every login and every change is in the audit log, with who did it", async () => {
    const log = (await get("/api/admin/audit")).json() as {
      actor: string;
      action: string;
      run: string | null;
    }[];
    for (const [action, run] of [
      ["login", null],
      ["logout", null],
      ["add-task", null],
      ["create-run", "second-run"],
      ["pause-run", "steered"],
    ]) {
      expect(log).toContainEqual(expect.objectContaining({ actor: "tester", action, run }));
    }
  });

  it("[H23] a failure of the server is hidden from the client", async () => {
    const broken = await openTestServer();
    await broken.storage.close();
    const response = await broken.app.inject("/api/runs");
    await broken.close();
    expect(response.statusCode).toBe(500);
    expect(response.json()).toEqual({
      error: "internal",
      detail: "The server failed; its log says why.",
      problems: [],
    });
  });
});
