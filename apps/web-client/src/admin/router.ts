/** The dashboard's addresses. Every view has its own, so that it can be reloaded, shared and returned to. */

export type Route =
  | { readonly page: "runs" }
  | { readonly page: "new-run" }
  | { readonly page: "run"; readonly run: string }
  | { readonly page: "tasks" }
  | { readonly page: "new-task" }
  | { readonly page: "task" | "new-version"; readonly task: string }
  | { readonly page: "audit" }
  | { readonly page: "unknown"; readonly path: string };

/** A slash at the end changes nothing. `pathname` comes without query and hash. */
export function parseRoute(pathname: string): Route {
  const path = pathname.replace(/\/+$/, "");
  if (path === "/admin" || path === "/admin.html") return { page: "runs" };
  if (path === "/admin/new") return { page: "new-run" };
  if (path === "/admin/audit") return { page: "audit" };
  if (path === "/admin/tasks") return { page: "tasks" };

  if (path === "/admin/tasks/new") return { page: "new-task" };
  const [, task, part] = /^\/admin\/tasks\/([a-z0-9-]{1,64})(\/new-version)?$/.exec(path) ?? [];
  if (task !== undefined) return { page: part === undefined ? "task" : "new-version", task };
  const run = /^\/admin\/runs\/([a-z0-9-]{1,64})$/.exec(path)?.[1];
  return run === undefined ? { page: "unknown", path: pathname } : { page: "run", run };
}

export function formatRoute(route: Exclude<Route, { page: "unknown" }>): string {
  switch (route.page) {
    case "runs":
      return "/admin";
    case "new-run":
      return "/admin/new";
    case "run":
      return `/admin/runs/${route.run}`;
    case "audit":
      return "/admin/audit";
    case "tasks":
      return "/admin/tasks";
    case "new-task":
      return "/admin/tasks/new";
    case "task":
      return `/admin/tasks/${route.task}`;
    case "new-version":
      return `/admin/tasks/${route.task}/new-version`;
    default:
      return route satisfies never;
  }
}
