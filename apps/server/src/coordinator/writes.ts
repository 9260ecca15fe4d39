import type { Effects, RunEffect } from "@tributary/rounds";
import type { SnapshotInput, StateVector, StoredUpdate, Traffic, Write } from "@tributary/storage";

/** The bytes that belong to an event, which itself only names them. */
export type Attached = {
  readonly update?: StoredUpdate;
  readonly snapshot?: SnapshotInput;
  /** What the strategy remembers, stored with the round's aggregate. */
  readonly state?: readonly StateVector[];
};

/** What a step's effects write, in the transaction of its journal entry. Throws where the bytes are missing. */
export function writesOf(
  effects: Effects,
  atMs: number,
  traffic: readonly Traffic[],
  attached: Attached,
): readonly Write[] {
  return effects.flatMap((effect) => [
    ...[writeOf(effect, atMs, traffic, attached) ?? []].flat(),
    ...stateWrites(effect, attached),
  ]);
}

function stateWrites(effect: RunEffect, { state = [] }: Attached): readonly Write[] {
  if (effect.type !== "keep-snapshot" || effect.kind !== "aggregate" || state.length === 0) return [];
  return [{ type: "store-strategy-state", round: effect.round, vectors: state }];
}

function writeOf(
  effect: RunEffect,
  atMs: number,
  traffic: readonly Traffic[],
  attached: Attached,
): Write | null {
  switch (effect.type) {
    case "open-round": {
      const { round, snapshot, cohort } = effect;
      return { type: "open-round", round, startSnapshot: snapshot, cohort, atMs };
    }
    case "keep-update": {
      const { update } = attached;
      if (update?.volunteer !== effect.volunteer || update.round !== effect.round) {
        throw new Error(`no update of ${effect.volunteer} in round ${effect.round} to store`);
      }
      return { type: "record-update", update, atMs };
    }
    case "drop-volunteer":
      return { type: "drop-volunteer", round: effect.round, volunteer: effect.volunteer, atMs };
    case "close-round":
      return { type: "close-round", round: effect.round, outcome: effect.outcome, atMs, traffic };
    case "keep-snapshot": {
      const { snapshot } = attached;
      if (snapshot?.hash !== effect.snapshot) throw new Error(`no snapshot ${effect.snapshot} to store`);
      return { type: "store-snapshot", round: effect.round, kind: effect.kind, snapshot };
    }
    case "evaluate":
    case "refine":
      return {
        type: "enqueue-job",
        job: { kind: effect.type, round: effect.round, snapshot: effect.snapshot },
      };
    case "synthesize":
      return { type: "enqueue-job", job: { kind: "synthesize", round: effect.round } };
    case "end-run":
      return effect.outcome === "stopped"
        ? { type: "cancel-synthesis", reason: "the run was stopped" }
        : null;
    case "seek-cohort":
    case "arm-deadline":
    case "aggregate":
      return null;
    default:
      return effect satisfies never;
  }
}
