import { until } from "@tributary/platform/testing";
import type { StorageUnderTest } from "../testing/contract/storage-under-test.ts";
import { storageContract } from "../testing/contract.ts";
import { createTestDatabase, openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { connect } from "./database.ts";
import { openStorage } from "./storage.ts";

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
    async clear() {
      await admin`truncate runs, tasks, tokens, audit cascade`;
    },
    async expireLease(job) {
      await admin`update jobs set lease_until = now() - interval '1 second' where id = ${job}`;
    },
    async leaseLeftMs(job) {
      const [row] = await admin<{ ms: number }[]>`
        select extract(epoch from lease_until - now())::float8 * 1000 as ms from jobs where id = ${job}`;
      return row?.ms ?? Number.NaN;
    },
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
          const waiting = () => holder`
            select from pg_locks where relation = 'snapshots'::regclass and not granted`;
          await until("a write that waits for its lock", async () => (await waiting()).count > 0);
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
