import { expect, test } from "vitest";
import { formatRoute, parseRoute, type Route } from "./router.ts";
import { possibleActions } from "./run-actions.ts";

test("[E29] every view of the dashboard has an address, and the address leads back to it", () => {
  const routes: readonly Exclude<Route, { page: "unknown" }>[] = [
    { page: "runs" },
    { page: "new-run" },
    { page: "audit" },
    { page: "tasks" },
    { page: "new-task" },
    { page: "task", task: "fashion-mnist" },
    { page: "new-version", task: "fashion-mnist" },
    { page: "run", run: "demo-2" },
  ];
  for (const route of routes) {
    expect(parseRoute(formatRoute(route))).toEqual(route);
    expect(parseRoute(`${formatRoute(route)}/`)).toEqual(route);
  }
});

test("[E29] an address that leads nowhere says so", () => {
  for (const path of [
    "/admin/runs/",
    "/admin/runs/UPPER",
    "/admin/tasks/UPPER",
    "/admin/tasks/a/b",
    "/admin/x",
    "/other",
  ]) {
    expect(parseRoute(path)).toEqual({ page: "unknown", path });
  }
});

test("[E30] only actions that the run's state allows are offered", () => {
  expect(possibleActions({ state: "paused", round: 1 })).toEqual(["start", "stop"]);
  expect(possibleActions({ state: "waiting", available: 0, needed: 1 })).toEqual(["pause", "stop"]);
  expect(possibleActions({ state: "finished", round: 20 })).toEqual([]);
});
