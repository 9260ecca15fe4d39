import { describe, expect, it } from "vitest";
import { createResources } from "./resources.ts";

describe("createResources", () => {
  it("[H7] what was opened last is closed first, and a close that fails keeps nothing else open", async () => {
    const closed: string[] = [];
    const failed: string[] = [];
    const resources = createResources((name) => failed.push(name));
    resources.add("database", async () => void closed.push("database"));
    resources.add("socket", async () => Promise.reject(new Error("stuck")));
    resources.add("pages", async () => void closed.push("pages"));
    await Promise.all([resources.close(), resources.close()]);
    expect(closed).toEqual(["pages", "database"]);
    expect(failed).toEqual(["socket"]);
  });

  it("[H7] abandoning closes at once what a hanging close still holds open", async () => {
    const closed: string[] = [];
    const resources = createResources(() => undefined);
    resources.add("database", async () => void closed.push("database"));
    resources.add("hanging", () => new Promise(() => undefined));
    void resources.close();
    await Promise.resolve();
    void resources.abandon();
    await Promise.resolve();
    expect(closed).toContain("database");
  });
});
