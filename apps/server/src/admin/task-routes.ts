/** The operator's tasks: what is stored, new versions, and a version as a file. */
import { type Task, TaskId } from "@tributary/protocol";
import { checkTask } from "@tributary/rounds";
import type { Storage, StoredTask } from "@tributary/storage";
import type { FastifyInstance } from "fastify";
import { Value } from "typebox/value";
import { badBody, HttpError } from "../http/errors.ts";
import { onGet, onPost } from "../http/json-routes.ts";
import { describeReference, taskFile } from "../task-file.ts";
import { operatorOf } from "./operator-of.ts";

type VersionParams = { Params: { task: string; version: string } };

export function registerTaskRoutes(app: FastifyInstance, { storage }: { readonly storage: Storage }): void {
  onGet(app, "/api/admin/tasks", async () => (await storage.tasks.list()).map(taskSummary));
  onGet(app, "/api/admin/tasks/:task", async ({ params }) => {
    const versions = Value.Check(TaskId, params.task) ? await storage.tasks.versions(params.task) : [];
    if (versions.length === 0) throw new HttpError(404, `there is no task "${params.task.slice(0, 64)}"`);
    return versions.map(({ task, createdAt }) => ({ task, createdAt: createdAt.toISOString() }));
  });
  onPost(app, "/api/admin/tasks", async (request, reply) => {
    const definition = request.body;
    const problems = checkTask({ ...definition, version: 1 });
    if (problems.length > 0) throw badBody(problems);
    const version = await storage.tasks.add(definition);
    const { label } = operatorOf(request);
    await storage.audit.record(label, "add-task", null, describeReference({ id: definition.id, version }));
    reply.code(201);
    return { id: definition.id, version };
  });
  app.get<VersionParams>("/api/admin/tasks/:task/versions/:version", async ({ params }, reply) => {
    const task = await findVersion(storage, params.task, params.version);
    return reply
      .type("application/json; charset=utf-8")
      .header("content-disposition", `attachment; filename="${task.id}-version-${task.version}.json"`)
      .send(taskFile(task));
  });
}

async function findVersion(storage: Storage, id: string, version: string): Promise<Task> {
  const isPossible = Value.Check(TaskId, id) && /^[1-9]\d{0,6}$/.test(version);
  const task = isPossible ? await storage.tasks.find({ id, version: Number(version) }) : null;
  if (task !== null) return task;
  throw new HttpError(404, `there is no task "${id.slice(0, 64)}" of version "${version.slice(0, 20)}"`);
}

function taskSummary({ task, createdAt }: StoredTask) {
  const { id, version, kind, texts } = task;
  return { id, version, kind, title: texts.title, createdAt: createdAt.toISOString() };
}
