import type { Storage } from "../../src/storage.ts";

/** A storage, and what only a test does to it. */
export type StorageUnderTest = {
  readonly storage: Storage;
  /** Another storage on the same database, as a second process would have. */
  readonly other: Storage;
  /** Removes everything that is stored, so that a test starts with an empty queue and no runs. */
  clear(): Promise<void>;
  /** Moves the end of the job's lease into the past, as if its worker had been silent for so long. */
  expireLease(job: string): Promise<void>;
  /** What is left of the job's lease, in milliseconds by the clock of Postgres. */
  leaseLeftMs(job: string): Promise<number>;
  /** Ends, from outside, the database connections that carry this name. */
  killConnections(name: string): Promise<void>;
  /** Lets no snapshot be written until it is released; `untilWaiting` resolves once a write waits for that. */
  holdSnapshots(): Promise<{ untilWaiting(): Promise<void>; release(): Promise<void> }>;
  close(): Promise<void>;
};

/** Gives each test the storages under test. They are opened once, and empty when a test begins. */
export type Opened = () => StorageUnderTest;
