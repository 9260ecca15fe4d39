import type { Log } from "@tributary/platform";
import type { VolunteerId } from "@tributary/protocol";
import type { Storage } from "@tributary/storage";
import type { Coordinator, Presence } from "../../coordinator/coordinator.ts";
import type { Outbox } from "../outbox.ts";
import type { SnapshotCache } from "../snapshot-cache.ts";
import type { Uploads } from "../uploads.ts";

/** Whom a desk serves, and what it works with. */
export type DeskTools = {
  readonly volunteer: VolunteerId;
  readonly coordinator: Coordinator;
  readonly presence: Presence;
  readonly storage: Storage;
  readonly uploads: Uploads;
  readonly snapshots: SnapshotCache;
  /** Bytes of a snapshot in one message. */
  readonly chunkBytes: number;
  readonly outbox: Outbox;
  readonly log: Log;
  /** Called with every refusal, once it is sent. */
  readonly onRefusal: () => void;
  /** Called where the server could not do what the volunteer rightly asked for. */
  readonly onFailure: (detail: string) => void;
};

/** One volunteer's desk. An update under way is in `uploads`: it outlives the connection, and with it the desk. */
export type Desk = DeskTools & {
  /** The round of which a chunk was refused. Chunks of it that were under way already would be refused as well. */
  refusedRound: number | null;
  /** Downloads that were begun or stopped; each ends the one before. */
  downloads: number;
};
