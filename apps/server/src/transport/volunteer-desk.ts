/**
 * What the server does for one volunteer that has said hello. Updates come in here: offered, carried over in chunks,
 * checked, handed to the coordinator, and acknowledged only after it has committed them.
 */

import { sha256 } from "@tributary/platform";
import {
  acceptChunk,
  chunksFrom,
  decodeValues,
  type Hash,
  type UpdateOffered,
  type VolunteerId,
  type VolunteerMessage,
} from "@tributary/protocol";
import type { Judgement } from "@tributary/rounds";
import { offerProblem, type Refusal, updateProblem } from "@tributary/rounds";
import type { Storage } from "@tributary/storage";
import type { Coordinator, Presence } from "../coordinator/coordinator.ts";
import type { TransportLimits } from "./limits.ts";
import type { Outbox } from "./outbox.ts";
import type { SnapshotCache } from "./snapshot-cache.ts";
import type { Upload, Uploads } from "./uploads.ts";

export type Desk = {
  /** Handles one message; `goodbye`, `hello`, `ping` and `pong` are the connection's own. */
  handle(message: DeskMessage): Promise<void>;
  /** Stops what is being sent. */
  close(): void;
};

export type DeskMessage = Exclude<VolunteerMessage, { type: "goodbye" | "hello" | "ping" | "pong" }>;
type Of<Type extends VolunteerMessage["type"]> = Extract<VolunteerMessage, { type: Type }>;

export function openDesk(options: {
  readonly volunteer: VolunteerId;
  readonly coordinator: Coordinator;
  readonly presence: Presence;
  readonly storage: Storage;
  readonly uploads: Uploads;
  readonly snapshots: SnapshotCache;
  readonly limits: TransportLimits;
  readonly outbox: Outbox;
  /** Called with every refusal, after it was sent. */
  readonly onRefusal: () => void;
  readonly onFailure: (detail: string) => void;
}): Desk {
  const { volunteer, coordinator, presence, storage, uploads, outbox, limits } = options;
  const { id: run, plan } = coordinator.run;
  let download = 0;
  /** The round whose chunks are overlooked since one of them was refused: those under way would be refused too. */
  let muted: number | null = null;

  const refuse = async (round: number, { reason, detail }: Refusal) => {
    outbox.send({ type: "update-refused", round, reason, detail: detail.slice(0, 500) });
    options.onRefusal();
    // A round number that no round can have is filed under the round that the run is in.
    const filed = Math.min(round, coordinator.state().round);
    await storage.rounds.refuse(run, filed, volunteer, reason, detail.slice(0, 500));
  };

  const answer = async (offer: UpdateOffered, judgement: Exclude<Judgement, { outcome: "wanted" }>) => {
    const { round } = offer;
    if (judgement.outcome === "refused") return refuse(round, judgement);
    outbox.send({ type: "update-acknowledged", round, hash: offer.tensor.hash });
  };

  const judge = (offer: UpdateOffered) =>
    coordinator.judge(volunteer, {
      round: offer.round,
      snapshot: offer.snapshot,
      hash: offer.tensor.hash,
    });

  const takeOffer = async (offer: UpdateOffered) => {
    const judgement = judge(offer);
    if (judgement.outcome !== "wanted") return answer(offer, judgement);
    const problem = offerProblem(offer, plan, coordinator.parameters);
    if (problem !== null) return refuse(offer.round, problem);
    const upload = uploads.begin(run, volunteer, offer);
    if (upload === null) return options.onFailure("too many updates are on their way in");
    muted = null;
    outbox.send({ type: "upload-ready", round: offer.round, offset: upload.assembly.received });
  };

  const takeChunk = async (chunk: Of<"update-chunk">) => {
    if (muted === chunk.round) return;
    const upload = uploads.find(run, volunteer);
    if (upload?.offer.round !== chunk.round) {
      muted = chunk.round;
      const detail = `no update was offered for round ${chunk.round}`;
      return refuse(chunk.round, lateness(chunk.round) ?? { reason: "not-offered", detail });
    }
    const accepted = acceptChunk(upload.assembly, chunk, sha256);
    if (accepted.outcome === "partial") return;
    if (accepted.outcome === "complete") return takeUpdate(upload, accepted.bytes);
    muted = chunk.round;
    await refuse(chunk.round, accepted);
  };

  /** An upload is freed when its round closes: its last chunks are then late rather than never offered. */
  const lateness = (round: number): Refusal | null => {
    const state = coordinator.state();
    const closed = state.phase === "collecting" ? round < state.round : round <= state.round;
    return closed && round > 0 ? { reason: "late", detail: `round ${round} is closed` } : null;
  };

  const takeUpdate = async (upload: Upload, delta: Uint8Array) => {
    const { offer } = upload;
    uploads.end(run, volunteer);
    const values = decodeValues(delta, offer.tensor.dtype);
    const problem = updateProblem(values, plan, coordinator.parameters);
    if (problem !== null) return refuse(offer.round, problem);
    const { round, examples, loss, accuracy, trainingMs, snapshot } = offer;
    const { hash, dtype } = offer.tensor;
    const outcome = await coordinator.submit(
      { round, volunteer, hash, dtype, delta, examples, loss, accuracy, trainingMs },
      snapshot,
    );
    if (outcome.outcome === "failed") {
      return options.onFailure("the update could not be stored: offer it again");
    }
    await answer(offer, outcome);
  };

  const sendSnapshot = async (hash: Hash, offset: number) => {
    download += 1;
    const mine = download;
    const bytes = await options.snapshots.bytes(run, hash);
    const { round } = coordinator.state();
    if (bytes === null) {
      return refuse(round, { reason: "unknown-snapshot", detail: `this run has no snapshot ${hash}` });
    }
    if (offset > bytes.byteLength) {
      const detail = `expected an offset up to ${bytes.byteLength}, got ${offset}`;
      return refuse(round, { reason: "bad-offset", detail });
    }
    for (const chunk of chunksFrom(bytes, offset, limits.chunkBytes)) {
      const sent = await outbox.sendAndDrain({ type: "snapshot-chunk", hash, ...chunk });
      if (!sent || mine !== download) return;
    }
  };

  const handle = async (message: DeskMessage): Promise<void> => {
    switch (message.type) {
      case "available":
        return presence.available(message.examples);
      case "unavailable":
        return presence.unavailable();
      case "snapshot-requested":
        // Not awaited: a slow download must not hold up the volunteer's other messages.
        void sendSnapshot(message.hash, message.offset).catch((error: unknown) =>
          options.onFailure(`the snapshot could not be read: ${String(error)}`),
        );
        return;
      case "training-progressed":
        return presence.progressed(message);
      case "update-offered":
        return takeOffer(message);
      case "update-chunk":
        return takeChunk(message);
      default:
        return message satisfies never;
    }
  };

  return {
    handle,
    close() {
      download += 1;
    },
  };
}
