/** The operator's HTTP calls, as a script makes them: with the admin token in a bearer header. */
import {
  type CreateRunBody,
  definitionOf,
  type ExportList,
  type Plan,
  type RunActionBody,
  type RunDetail,
  type RunSummary,
  type SyntheticSetView,
  settingsOf,
  type TaskReference,
} from "@tributary/protocol";

export type AdminApi = {
  /** Keeps the plan's task, then creates a run of the version that it became. */
  createRun(name: string, plan: Plan): Promise<RunSummary>;
  act(run: string, action: RunActionBody["action"]): Promise<RunSummary>;
  detail(run: string): Promise<RunDetail>;
  syntheticSet(run: string): Promise<SyntheticSetView>;
  /** Names of the run's export files. */
  exportNames(run: string): Promise<readonly string[]>;
  exportFile(run: string, name: string): Promise<Uint8Array>;
};

/** Every call throws an Error that quotes status and body when the answer is not a 2xx. */
export function adminApi(url: string, token: string): AdminApi {
  const call = (method: string, path: string, body?: unknown) =>
    callAs(token, `${url}/api/admin${path}`, method, body);
  const json = async <T>(answer: Promise<Response>): Promise<T> => (await (await answer).json()) as T;

  return {
    async createRun(name, plan) {
      const task = await json<TaskReference>(call("POST", "/tasks", definitionOf(plan.task)));
      const body: CreateRunBody = { name, task, plan: settingsOf(plan) };
      return json(call("POST", "/runs", body));
    },
    act: (run, action) => json(call("POST", `/runs/${run}/actions`, { action })),
    detail: (run) => json(call("GET", `/runs/${run}`)),
    syntheticSet: (run) => json(call("GET", `/runs/${run}/synthetic`)),
    exportNames: async (run) => (await json<ExportList>(call("GET", `/runs/${run}/export`))).files,
    exportFile: async (run, name) =>
      new Uint8Array(await (await call("GET", `/runs/${run}/export/${name}`)).arrayBuffer()),
  };
}

async function callAs(token: string, url: string, method: string, body: unknown): Promise<Response> {
  const authorization = `Bearer ${token}`;
  const json = { "content-type": "application/json", authorization };
  const response = await fetch(
    url,
    body === undefined
      ? { method, headers: { authorization } }
      : { method, headers: json, body: JSON.stringify(body) },
  );
  if (response.ok) return response;
  const text = (await response.text()).slice(0, 1000);
  throw new Error(`${method} ${new URL(url).pathname} answered ${response.status}: ${text}`);
}
