/** The dashboard's addresses. Every view has its own, so that it can be reloaded, shared and returned to. */

export type Route =
  | { readonly page: "runs" }
  | { readonly page: "new-run" }
  | { readonly page: "run"; readonly run: string }
  | { readonly page: "audit" }
  | { readonly page: "unknown"; readonly path: string };

/** A slash at the end changes nothing. `pathname` comes without query and hash. */
export function parseRoute(pathname: string): Route {
  const path = pathname.replace(/\/+$/, "");
  if (path === "/admin" || path === "/admin.html") return { page: "runs" };
  if (path === "/admin/new") return { page: "new-run" };
  if (path === "/admin/audit") return { page: "audit" };
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
    default:
      return route satisfies never;
  }
}
