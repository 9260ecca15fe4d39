/**
 * The one store. Everything that must survive a kill goes through `commit`, which writes a journal entry and
 * what it implies in one transaction; everything that a second process must see goes through Postgres too.
 */
import type { Hash, Plan, RefusalReason, RoundRow, UpdateDtype, VolunteerId } from "@tributary/protocol";
import type { RunEvent, SnapshotKind } from "@tributary/rounds";

export type RunId = string;

export type StoredRun = {
  readonly id: RunId;
  readonly name: string;
  readonly plan: Plan;
  readonly createdAt: Date;
};

/** Parameters as little-endian float32 bytes, named by the SHA-256 of those bytes. */
export type SnapshotInput = { readonly hash: Hash; readonly parameters: Uint8Array };

export type StoredSnapshot = {
  readonly run: RunId;
  /** Round after which this is the model; 0 is the initialisation. */
  readonly round: number;
  readonly kind: SnapshotKind;
  readonly hash: Hash;
  readonly parameters: Uint8Array;
};

/** A vector of a strategy's state, as little-endian float32 bytes, named also by the SHA-256 of those bytes. */
export type StateVector = { readonly name: string; readonly hash: Hash; readonly vector: Uint8Array };

export type StoredUpdate = {
  readonly round: number;
  readonly volunteer: VolunteerId;
  readonly hash: Hash;
  readonly dtype: UpdateDtype;
  /** The delta, and behind it the control delta where the strategy has one, exactly as they travelled. */
  readonly delta: Uint8Array;
  readonly examples: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly trainingMs: number;
};

/** What an event writes beside its journal entry, in the same transaction. */
export type Write =
  | {
      readonly type: "open-round";
      readonly round: number;
      readonly startSnapshot: Hash;
      readonly cohort: readonly VolunteerId[];
      readonly atMs: number;
    }
  | { readonly type: "record-update"; readonly update: StoredUpdate; readonly atMs: number }
  | {
      readonly type: "drop-volunteer";
      readonly round: number;
      readonly volunteer: VolunteerId;
      readonly atMs: number;
    }
  | {
      readonly type: "close-round";
      readonly round: number;
      readonly outcome: "aggregated" | "abandoned";
      readonly atMs: number;
      readonly traffic: readonly Traffic[];
    }
  | {
      readonly type: "store-snapshot";
      readonly round: number;
      readonly kind: SnapshotKind;
      readonly snapshot: SnapshotInput;
    }
  /** What the strategy remembers after the round. */
  | {
      readonly type: "store-strategy-state";
      readonly round: number;
      readonly vectors: readonly StateVector[];
    }
  | { readonly type: "enqueue-job"; readonly job: JobRequest }
  /** Ends the run's synthesis for good, where one is queued or at work: its worker learns of it and drops it. */
  | { readonly type: "cancel-synthesis"; readonly reason: string };

/** Bytes of one volunteer in one round, as they crossed the socket. */
export type Traffic = {
  readonly volunteer: VolunteerId;
  readonly bytesUp: number;
  readonly bytesDown: number;
};

export type JobRequest =
  | { readonly kind: "evaluate"; readonly round: number; readonly snapshot: Hash }
  | { readonly kind: "synthesize"; readonly round: number }
  | { readonly kind: "refine"; readonly round: number; readonly snapshot: Hash };

export type Job = JobRequest & {
  readonly id: string;
  readonly run: RunId;
  /** This try's number: 1, or more after tries that failed or whose worker went silent. */
  readonly attempts: number;
  /** The newest checkpoint, if an earlier worker left one. */
  readonly checkpoint: Uint8Array | null;
  /** What the earlier worker reported last. */
  readonly progress: JobProgress | null;
};

export type JobState = "queued" | "working" | "done" | "failed";

/** Progress of a synthesis, replaced whole at each report. */
export type JobProgress = {
  readonly backend: string;
  readonly iteration: number;
  readonly iterations: number;
  /** [iteration, D], thinned to at most 500 points. */
  readonly distances: readonly (readonly [number, number])[];
  readonly ms: number;
};

export type JobView = {
  readonly id: string;
  readonly kind: JobRequest["kind"];
  readonly round: number;
  readonly state: JobState;
  readonly progress: JobProgress | null;
  readonly failure: string | null;
};

/** What a finished job leaves; stored together with the job's end. */
export type JobResult =
  | { readonly kind: "evaluate"; readonly accuracy: number; readonly loss: number }
  | { readonly kind: "synthesize"; readonly set: SyntheticSetRow; readonly progress: JobProgress }
  | { readonly kind: "refine"; readonly snapshot: SnapshotInput };

/** Float32 little-endian bytes, row-major. */
export type SyntheticSetRow = {
  readonly imagesPerClass: number;
  /** [classes * imagesPerClass, H, W, C] in normalised pixel space */
  readonly images: Uint8Array;
  /** [classes * imagesPerClass, classes] */
  readonly labelLogits: Uint8Array;
  readonly innerStep: number;
};

export type VolunteerRecord = {
  readonly volunteer: VolunteerId;
  readonly device: string;
  readonly backend: string;
  readonly lastSeenAt: Date;
  readonly roundsReported: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
};

/** One row of participations.csv: a volunteer in a round. */
export type ParticipationRow = {
  readonly round: number;
  readonly volunteer: VolunteerId;
  readonly outcome: "asked" | "reported" | "refused" | "dropped";
  readonly examples: number | null;
  readonly loss: number | null;
  readonly accuracy: number | null;
  readonly trainingMs: number | null;
  readonly updateHash: Hash | null;
  readonly reason: string | null;
  readonly bytesUp: number;
  readonly bytesDown: number;
};

export type CommitOutcome =
  | { readonly outcome: "committed" }
  /** Another coordinator has written this place in the journal: this one must stop leading the run. */
  | { readonly outcome: "superseded" };

export type Leading = {
  release(): Promise<void>;
  /** Resolves when the connection that holds the lock has ended: from then on another process may lead. */
  readonly lost: Promise<void>;
};

export type Storage = {
  readonly runs: {
    /** Creates run, initial snapshot (round 0) and an empty journal, in one transaction. */
    create(run: { id: RunId; name: string; plan: Plan; initial: SnapshotInput }): Promise<void>;
    find(run: RunId): Promise<StoredRun | null>;
    list(): Promise<readonly StoredRun[]>;
  };
  readonly journal: {
    /** Entries in order; the first has sequence 1. */
    read(run: RunId): Promise<readonly RunEvent[]>;
    /**
     * Appends `event` at `sequence` and performs `writes` in their order, all or nothing. Throws, having written
     * nothing, where a write contradicts what is stored: an update of a volunteer that was not asked or has
     * reported, a round opened or closed twice, another snapshot for the same round and kind, a second strategy state.
     * An `enqueue-job` of a job that exists already changes nothing.
     */
    commit(run: RunId, sequence: number, event: RunEvent, writes: readonly Write[]): Promise<CommitOutcome>;
  };
  readonly rounds: {
    /**
     * One row per opened round. An abandoned round keeps its number, and the next round has the next one.
     * `refused` counts the volunteers that were refused in the round and have not reported in it.
     */
    rows(run: RunId): Promise<readonly RoundRow[]>;
    /** Rounds that produced an aggregate. */
    completed(run: RunId): Promise<number>;
    participations(run: RunId): Promise<readonly ParticipationRow[]>;
    /** Keeps why an update was not used; the same again counts up. The round and the volunteer may be unknown. */
    refuse(
      run: RunId,
      round: number,
      volunteer: VolunteerId,
      reason: RefusalReason,
      detail: string,
    ): Promise<void>;
  };
  readonly updates: {
    /** The updates of a round in no promised order, one at a time, so that a cohort never sits in memory whole. */
    stream(run: RunId, round: number): AsyncIterable<StoredUpdate>;
  };
  readonly snapshots: {
    byHash(run: RunId, hash: Hash): Promise<StoredSnapshot | null>;
    list(run: RunId): Promise<readonly Omit<StoredSnapshot, "parameters">[]>;
    /**
     * The models that the last `count` completed rounds up to `round` ended with, in order: the refined one where there
     * is one, else the aggregate; round 0 ends with the initialisation.
     */
    trajectory(run: RunId, round: number, count: number): Promise<readonly StoredSnapshot[]>;
  };
  readonly strategyStates: {
    /** What the strategy remembers after the newest aggregated round before `round`; empty: nothing yet. */
    before(run: RunId, round: number): Promise<readonly StateVector[]>;
    /** The same without the bytes. */
    listBefore(
      run: RunId,
      round: number,
    ): Promise<readonly (Omit<StateVector, "vector"> & { readonly round: number })[]>;
    byHash(run: RunId, hash: Hash): Promise<StateVector | null>;
  };
  readonly syntheticSets: {
    latest(run: RunId): Promise<(SyntheticSetRow & { readonly round: number }) | null>;
  };
  readonly jobs: {
    /** Claims the most urgent job (refine, then evaluate, then synthesize; oldest first) whose lease is free. */
    claim(worker: string, leaseMs: number): Promise<Job | null>;
    /** Extends the lease; false when the job is no longer this worker's, which must then drop it. */
    renew(job: string, worker: string, leaseMs: number, progress: JobProgress | null): Promise<boolean>;
    saveCheckpoint(job: string, worker: string, checkpoint: Uint8Array): Promise<boolean>;
    /** Stores the result and ends the job; false when the job is no longer this worker's. */
    complete(job: string, worker: string, result: JobResult): Promise<boolean>;
    /** Ends the job, or, while attempts remain, frees it for another try. */
    fail(job: string, worker: string, reason: string): Promise<void>;
    /** Gives the job back as it is, because the worker stops; the next claim may take it at once. */
    release(job: string, worker: string): Promise<void>;
    find(run: RunId, kind: JobRequest["kind"], round: number): Promise<JobView | null>;
    latestSynthesis(run: RunId): Promise<JobView | null>;
    /** The newest checkpoint of a job that has not ended. */
    checkpoint(job: string): Promise<Uint8Array | null>;
    /** Jobs of the run that are neither done nor failed. */
    pending(run: RunId): Promise<number>;
  };
  readonly volunteers: {
    /** Must come before the volunteer's first round. */
    create(
      run: RunId,
      volunteer: VolunteerId,
      tokenHash: Hash,
      device: string,
      backend: string,
    ): Promise<void>;
    findByToken(run: RunId, tokenHash: Hash): Promise<VolunteerId | null>;
    seen(run: RunId, volunteer: VolunteerId, device: string, backend: string): Promise<void>;
    list(run: RunId): Promise<readonly VolunteerRecord[]>;
  };
  readonly tokens: {
    /** Stores only the hash. */
    create(tokenHash: Hash, label: string): Promise<void>;
    verify(tokenHash: Hash): Promise<{ readonly label: string } | null>;
    count(): Promise<number>;
  };
  readonly audit: {
    record(actor: string, action: string, run: RunId | null, detail: string): Promise<void>;
    list(limit: number): Promise<
      readonly {
        readonly at: Date;
        readonly actor: string;
        readonly action: string;
        readonly run: RunId | null;
        readonly detail: string;
      }[]
    >;
  };
  /**
   * Postgres NOTIFY: a run's rows changed. Payload: the run. Returns the way to stop listening. `runs` is sent
   * with every commit and with every progress and end of a job, `jobs` with every job that waits for a worker.
   * A notification is a hint: one may be lost while the database is away, so that a listener also polls.
   */
  listen(channel: "jobs" | "runs", onNotify: (run: RunId) => void): Promise<() => Promise<void>>;
  notify(channel: "jobs" | "runs", run: RunId): Promise<void>;
  /** Takes the advisory lock that makes this process the run's only coordinator; null while another holds it. */
  lead(run: RunId): Promise<Leading | null>;
  close(): Promise<void>;
};
