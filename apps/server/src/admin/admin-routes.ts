/** The operator's side: everything below /api/admin needs a login, and every change is written to the audit log. */

import type { Datasets } from "@tributary/datasets/node";
import {
  type CreateRunBody,
  columnsWithoutScale,
  needsFigures,
  type Plan,
  type Problem,
} from "@tributary/protocol";
import { textProblems } from "@tributary/rounds";
import type { Storage } from "@tributary/storage";
import type { FastifyInstance } from "fastify";
import { badBody, HttpError } from "../http/errors.ts";
import { onGet, onPost } from "../http/json-routes.ts";
import { findRun, runDetail, runList, runSummary, type ViewDeps } from "../http/run-view.ts";
import { describeReference } from "../task-file.ts";
import { createRun } from "./create-run.ts";
import { refuseForgedRequest } from "./forged-requests.ts";
import type { Logins } from "./login.ts";
import { operatorOf } from "./operator-of.ts";
import { planProblems } from "./plan-problems.ts";
import { registerRunEvents } from "./run-event-routes.ts";
import { syntheticSetView } from "./synthetic-view.ts";
import { registerTaskRoutes } from "./task-routes.ts";

export type AdminDeps = ViewDeps & {
  readonly logins: Logins;
  readonly datasets: Datasets;
  readonly publicUrl: string | null;
};

/** Wrong tokens a minute and address, after which the login waits. */
const loginsPerMinute = 10;
/** The newest entries of the audit log that one answer holds. */
const auditEntries = 500;

/**
 * Closes a scope to everybody but operators: what is registered in `admin` is behind the login because it is
 * registered there, however a request writes the path. Unknown paths below /api/admin are behind it too.
 */
export function requireOperator(admin: FastifyInstance, deps: Pick<AdminDeps, "logins" | "publicUrl">): void {
  admin.decorateRequest("operator", null);
  admin.addHook("onRequest", async (request, reply) => {
    reply.header("cache-control", "no-store");
    refuseForgedRequest(request, deps.publicUrl);
    request.operator = await deps.logins.operator(request);
    if (request.operator === null && request.routeOptions.url !== "/api/admin/login") {
      throw new HttpError(401, "log in with the admin token first: POST /api/admin/login");
    }
  });
  admin.all("/api/admin/*", (_, reply) => reply.callNotFound());
}

export function registerAdminRoutes(admin: FastifyInstance, deps: AdminDeps): void {
  registerLoginRoutes(admin, deps);
  registerRunRoutes(admin, deps);
  registerRunChanges(admin, deps);
  registerRunEvents(admin, deps);
  registerTaskRoutes(admin, deps);
}

function registerLoginRoutes(app: FastifyInstance, { logins, storage }: AdminDeps): void {
  onPost(
    app,
    "/api/admin/login",
    async (request, reply) => {
      const operator = await logins.login(request.body.token.trim(), reply);
      if (operator === null) throw new HttpError(401, "this token is not known to this server");
      await storage.audit.record(operator.label, "login", null, `from ${request.ip}`);
      return operator;
    },
    { rateLimit: { max: loginsPerMinute, timeWindow: 60_000 } },
  );
  onPost(app, "/api/admin/logout", async (request, reply) => {
    logins.logout(request, reply);
    await storage.audit.record(operatorOf(request).label, "logout", null, `from ${request.ip}`);
    reply.code(204);
    return null;
  });
  onGet(app, "/api/admin/operator", async (request) => operatorOf(request));
}

function registerRunRoutes(app: FastifyInstance, deps: AdminDeps): void {
  const { storage, datasets } = deps;
  onGet(app, "/api/admin/runs", () => runList(deps));
  onGet(app, "/api/admin/runs/:run", async ({ params }) => runDetail(deps, await findRun(deps, params.run)));
  onGet(app, "/api/admin/runs/:run/synthetic", async ({ params }) => {
    const stored = await findRun(deps, params.run);
    const view = await syntheticSetView(storage, stored);
    if (view === null) throw new HttpError(404, `run "${stored.id}" has no synthetic set yet`);
    return view;
  });
  onGet(app, "/api/admin/datasets", async () => [...(await datasets.list())]);
  onGet(app, "/api/admin/audit", async () => {
    const entries = await storage.audit.list(auditEntries);
    return entries.map((entry) => ({ ...entry, at: entry.at.toISOString() }));
  });
}

function registerRunChanges(app: FastifyInstance, deps: AdminDeps): void {
  const { storage, live, datasets } = deps;
  onPost(app, "/api/admin/runs", async (request, reply) => {
    const { name } = request.body;
    const plan = await planOf(storage, request.body);
    const ofPlan = (await planProblems(plan, datasets)).map(inBody);
    const problems = [...textProblems("/name", name), ...ofPlan];
    if (problems.length > 0) throw badBody(problems);
    const run = await createRun(deps, { name, plan });
    await storage.audit.record(operatorOf(request).label, "create-run", run, JSON.stringify(name));
    reply.code(201);
    return runSummary(deps, await findRun(deps, run));
  });
  onPost(app, "/api/admin/runs/:run/actions", async (request) => {
    const stored = await findRun(deps, request.params.run);
    const { action } = request.body;
    if (needsFigures(stored.plan.task)) throw new HttpError(409, withoutFigures(stored.plan));
    const outcome = await live.act(stored.id, action);
    if (!outcome.ok) throw new HttpError(409, outcome.reason);
    await storage.audit.record(operatorOf(request).label, `${action}-run`, stored.id, "");
    return runSummary(deps, stored);
  });
}

function withoutFigures({ task, cohort: { minimum } }: Plan): string {
  const columns = columnsWithoutScale(task).join(", ");
  return `the run waits for the figures of ${minimum} volunteers on: ${columns}; start it when it has them`;
}

/** Puts the version of the task that a body names into its plan. */
async function planOf(
  { tasks }: Pick<Storage, "tasks">,
  { task: reference, plan }: CreateRunBody,
): Promise<Plan> {
  const task = await tasks.find(reference);
  if (task !== null) return { ...plan, task };
  const message = `must be a task of this server, got ${describeReference(reference)}`;
  throw badBody([{ path: "/task", message }]);
}

/** A problem of a plan by its path in the body: the task stands beside the settings. */
function inBody({ path, message }: Problem): Problem {
  return { path: path.startsWith("/task") ? path : `/plan${path}`, message };
}
