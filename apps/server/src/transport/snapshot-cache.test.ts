import { describe, expect, it } from "vitest";
import { parameters, plan } from "../../testing/volunteer-runs.ts";
import { startTestServer } from "../../testing/volunteer-server.ts";
import { createSnapshotCache } from "./snapshot-cache.ts";

describe("the snapshots that are kept", () => {
  it("[T20] hashes that nobody has displace no snapshot that is kept", async () => {
    const own = await startTestServer();
    try {
      const { run } = await own.run("cached", plan({ minimum: 2, size: 2 }), parameters);
      const { snapshots } = own.storage;
      let reads = 0;
      const byHash: typeof snapshots.byHash = (...of) => {
        reads += 1;
        return snapshots.byHash(...of);
      };
      const cache = createSnapshotCache({ ...own.storage, snapshots: { ...snapshots, byHash } });
      const hash = (await snapshots.list(run.id))[0]?.hash ?? "";
      const first = await cache.bytes(run.id, hash);
      for (const digit of "0123456789") {
        expect(await cache.bytes(run.id, digit.repeat(64))).toBe(null);
      }
      expect(await cache.bytes(run.id, hash)).toBe(first);
      expect(reads).toBe(11);
    } finally {
      await own.close();
    }
  });
});
