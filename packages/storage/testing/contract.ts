/** What every `Storage` must do, told as tests. Run by storage.test.ts against each PostgreSQL that there is. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Storage } from "../src/storage.ts";
import { administrationContract } from "./contract/administration-contract.ts";
import { coordinationContract } from "./contract/coordination-contract.ts";
import { jobContract } from "./contract/job-contract.ts";
import { journalContract } from "./contract/journal-contract.ts";
import { roundContract } from "./contract/round-contract.ts";
import { runContract } from "./contract/run-contract.ts";

export type StorageUnderTest = {
  readonly storage: Storage;
  /** Another storage on the same database, as a second process would have. */
  readonly other: Storage;
  /** Ends, from outside, the database connections that carry this name. */
  killConnections(name: string): Promise<void>;
  /** Lets no snapshot be written until it is released; `untilWaiting` resolves once a write waits for that. */
  holdSnapshots(): Promise<{ untilWaiting(): Promise<void>; release(): Promise<void> }>;
  close(): Promise<void>;
};

/** Gives each test the storages under test; they are opened once. */
export type Opened = () => StorageUnderTest;

export function storageContract(name: string, open: () => Promise<StorageUnderTest>): void {
  describe(name, () => {
    let opened: StorageUnderTest | null = null;
    beforeAll(async () => {
      opened = await open();
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
    runContract(subject);
    journalContract(subject);
    roundContract(subject);
    jobContract(subject);
    coordinationContract(subject);
    administrationContract(subject);
  });
}
