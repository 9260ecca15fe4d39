/**
 * Every JSON route: its path, the body that it takes and the answer that it gives. The server registers its routes
 * from here, and the pages take their types from here, so that no answer is typed twice.
 *
 * Routes that answer with something else: /api/runs/:run/model (float32), /api/runs/:run/shards/:index/images and
 * /labels (gzip IDX) of pictures or /rows (a gzip row file: packages/datasets/src/row-file.ts) of a table, /api/admin/runs/:run/events (server-sent events of `RunDetail`),
 * /api/admin/runs/:run/export/NAME (files), /api/admin/tasks/:task/versions/:version (a file that `npm run task` and
 * POST /api/admin/tasks take: a `TaskDefinition`), /api/volunteer (WebSocket) and /metrics (Prometheus text).
 */
import { type Static, Type } from "typebox";
import { RunList, RunSummary } from "./http.ts";
import {
  AuditLog,
  CreateRunBody,
  DatasetList,
  ExportList,
  LoginBody,
  OperatorView,
  RunActionBody,
  RunDetail,
  SyntheticSetView,
} from "./http-admin.ts";
import { Health, ShardList, StatisticsAnswer, StatisticsBody } from "./http-public.ts";
import { AddTaskBody, TaskList, TaskReference, TaskVersions } from "./http-tasks.ts";

/** The answer to a GET of each path. */
export const getRoutes = {
  "/healthz": Health,
  "/api/runs": RunList,
  "/api/runs/:run": RunSummary,
  "/api/runs/:run/shards": ShardList,
  "/api/admin/operator": OperatorView,
  "/api/admin/runs": RunList,
  "/api/admin/runs/:run": RunDetail,
  "/api/admin/runs/:run/synthetic": SyntheticSetView,
  "/api/admin/runs/:run/export": ExportList,
  "/api/admin/datasets": DatasetList,
  "/api/admin/tasks": TaskList,
  "/api/admin/tasks/:task": TaskVersions,
  "/api/admin/audit": AuditLog,
} as const;

/** The body and the answer of a POST to each path. A null answer is an empty one: status 204. */
export const postRoutes = {
  "/api/runs/:run/statistics": { body: StatisticsBody, answer: StatisticsAnswer },
  "/api/admin/login": { body: LoginBody, answer: OperatorView },
  "/api/admin/logout": { body: Type.Object({}), answer: Type.Null() },
  "/api/admin/runs": { body: CreateRunBody, answer: RunSummary },
  "/api/admin/runs/:run/actions": { body: RunActionBody, answer: RunSummary },
  "/api/admin/tasks": { body: AddTaskBody, answer: TaskReference },
} as const;

/** A path that answers a GET with JSON. */
export type GetPath = keyof typeof getRoutes;
/** The answer to a GET of this path. */
export type GetAnswer<Path extends GetPath> = Static<(typeof getRoutes)[Path]>;
/** A path that takes a POST. */
export type PostPath = keyof typeof postRoutes;
/** The body of a POST to this path. */
export type PostBody<Path extends PostPath> = Static<(typeof postRoutes)[Path]["body"]>;
/** The answer to a POST to this path. */
export type PostAnswer<Path extends PostPath> = Static<(typeof postRoutes)[Path]["answer"]>;
/** The values that a path leaves open. */
export type PathParams<Path extends string> = Path extends `${string}/:${infer Name}/${string}`
  ? { readonly [name in Name]: string }
  : Path extends `${string}/:${infer Name}`
    ? { readonly [name in Name]: string }
    : Readonly<Record<never, never>>;
