/** What every `Storage` must do, told as tests. Run by storage.test.ts against each PostgreSQL that there is. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { administrationContract } from "./contract/administration-contract.ts";
import { coordinationContract } from "./contract/coordination-contract.ts";
import { jobContract } from "./contract/job-contract.ts";
import { journalContract } from "./contract/journal-contract.ts";
import { roundContract } from "./contract/round-contract.ts";
import { runContract } from "./contract/run-contract.ts";
import { statisticsContract } from "./contract/statistics-contract.ts";
import type { Opened, StorageUnderTest } from "./contract/storage-under-test.ts";
import { taskContract } from "./contract/task-contract.ts";

/** Declares the tests. Each starts on an empty database, and none depends on another. */
export function storageContract(name: string, open: () => Promise<StorageUnderTest>): void {
  describe(name, () => {
    let opened: StorageUnderTest | null = null;
    beforeAll(async () => {
      opened = await open();
    });
    beforeEach(async () => {
      await opened?.clear();
    });
    afterAll(async () => {
      await opened?.close();
    });
    const subject: Opened = () => {
      if (opened === null) throw new Error("the storage is not open");
      return opened;
    };

    test("[S1] a fresh database gets its schema, and opening it again changes nothing", async () => {
      expect(await subject().storage.runs.list()).toEqual(await subject().other.runs.list());
    });
    taskContract(subject);
    runContract(subject);
    statisticsContract(subject);
    journalContract(subject);
    roundContract(subject);
    jobContract(subject);
    coordinationContract(subject);
    administrationContract(subject);
  });
}
