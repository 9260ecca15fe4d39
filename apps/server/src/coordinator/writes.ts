import type { Effects, RunEffect } from "@tributary/rounds";
import type {
  JobRequest,
  SnapshotInput,
  StateVector,
  StoredUpdate,
  Traffic,
  Write,
} from "@tributary/storage";

/** The bytes that belong to an event. The event itself holds only their hash or their volunteer. */
export type Attached = {
  readonly update?: StoredUpdate;
  readonly snapshot?: SnapshotInput;
  /** What the strategy remembers, stored with the round's aggregate. */
  readonly state?: readonly StateVector[];
};

type Writing = {
  /** The time of day of the event, in ms since 1970. */
  readonly atMs: number;
  /** Of each volunteer since the last round was closed. */
  readonly traffic: readonly Traffic[];
  readonly attached: Attached;
};

type Of<Type extends RunEffect["type"]> = Extract<RunEffect, { type: Type }>;

/** What a step's effects write, in the transaction of its journal entry. Throws if the bytes are not attached. */
export function writesOf(effects: Effects, writing: Writing): readonly Write[] {
  return effects.flatMap((effect) => writesOfOne(effect, writing));
}

function writesOfOne(effect: RunEffect, { atMs, traffic, attached }: Writing): readonly Write[] {
  switch (effect.type) {
    case "open-round": {
      const { type, round, snapshot, cohort } = effect;
      return [{ type, round, startSnapshot: snapshot, cohort, atMs }];
    }
    case "keep-update":
      return [{ type: "record-update", update: updateFor(effect, attached), atMs }];
    case "drop-volunteer":
      return [{ ...effect, atMs }];
    case "close-round":
      return [{ type: "close-round", round: effect.round, outcome: effect.outcome, atMs, traffic }];
    case "keep-snapshot":
      return [...snapshotWrites(effect, attached), ...stateWrites(effect, attached)];
    case "evaluate":
    case "refine":
    case "synthesize":
      return [{ type: "enqueue-job", job: jobFor(effect) }];
    case "end-run":
      return effect.outcome === "stopped" ? [cancelled] : [];
    case "seek-cohort":
    case "arm-deadline":
    case "aggregate":
      return [];
    default:
      return effect satisfies never;
  }
}

const cancelled: Write = { type: "cancel-synthesis", reason: "the run was stopped" };

function updateFor({ round, volunteer }: Of<"keep-update">, { update }: Attached): StoredUpdate {
  if (update?.volunteer === volunteer && update.round === round) return update;
  throw new Error(`no update of ${volunteer} in round ${round} to store`);
}

function snapshotWrites(effect: Of<"keep-snapshot">, { snapshot }: Attached): readonly Write[] {
  if (snapshot?.hash !== effect.snapshot) throw new Error(`no snapshot ${effect.snapshot} to store`);
  return [{ type: "store-snapshot", round: effect.round, kind: effect.kind, snapshot }];
}

function stateWrites({ kind, round }: Of<"keep-snapshot">, { state = [] }: Attached): readonly Write[] {
  if (kind !== "aggregate" || state.length === 0) return [];
  return [{ type: "store-strategy-state", round, vectors: state }];
}

function jobFor(effect: Of<"evaluate"> | Of<"refine"> | Of<"synthesize">): JobRequest {
  if (effect.type === "synthesize") return { kind: "synthesize", round: effect.round };
  return { kind: effect.type, round: effect.round, snapshot: effect.snapshot };
}
