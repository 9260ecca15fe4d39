import { sha256 } from "@tributary/platform";
import { expect, test } from "vitest";
import type { Opened } from "./storage-under-test.ts";

export function administrationContract(opened: Opened): void {
  test("[S27] a token is known by its hash alone", async () => {
    const { storage } = opened();
    const hash = sha256("a token");
    expect(await storage.tokens.count()).toBe(0);
    await storage.tokens.create(hash, "the first");
    expect(await storage.tokens.count()).toBe(1);
    expect(await storage.tokens.verify(hash)).toEqual({ label: "the first" });
    expect(await storage.tokens.verify(sha256("another"))).toBeNull();
  });

  test("[S28] the audit log keeps who did what, newest first, also for runs that are no more", async () => {
    const { storage } = opened();
    await storage.audit.record("ann", "run-created", "gone", "with 3 rounds");
    await storage.audit.record("ann", "logged-in", null, "");
    const [newest, older] = await storage.audit.list(2);
    expect(newest).toEqual({
      at: expect.any(Date),
      actor: "ann",
      action: "logged-in",
      run: null,
      detail: "",
    });
    expect(older).toMatchObject({ action: "run-created", run: "gone" });
  });
}
