import { vi } from "vitest";
import { type StorageUnderTest, storageContract } from "../testing/contract.ts";
import { createTestDatabase, openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { connect } from "./database.ts";
import { openStorage } from "./postgres-storage.ts";

const externalUrl = process.env.TEST_DATABASE_URL;

storageContract("storage on the embedded PostgreSQL", async () => underTest(await openTestDatabase()));
if (externalUrl !== undefined) {
  storageContract("storage on the PostgreSQL of TEST_DATABASE_URL", async () =>
    underTest(await createTestDatabase(externalUrl)),
  );
}

async function underTest(database: TestDatabase): Promise<StorageUnderTest> {
  const { storage, databaseUrl } = database;
  const other = await openStorage({ databaseUrl });
  const admin = connect(databaseUrl, { max: 2, name: "tributary test" });
  return {
    storage,
    other,
    async killConnections(name) {
      await admin`
        select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = ${name} and datname = current_database()`;
    },
    async holdSnapshots() {
      const holder = await admin.reserve();
      await holder`begin`;
      await holder`lock table snapshots in share mode`;
      return {
        async untilWaiting() {
          await vi.waitFor(async () => {
            const waiting = await holder`
              select from pg_locks where relation = 'snapshots'::regclass and not granted`;
            if (waiting.count === 0) throw new Error("no write waits yet");
          }, 20_000);
        },
        async release() {
          await holder`rollback`;
          holder.release();
        },
      };
    },
    async close() {
      await admin.end();
      await other.close();
      await database.close();
    },
  };
}
