/** Updates on their way into a run: judged before their bytes travel, recorded once they are complete and checked. */
import type { Runtime } from "@tributary/platform";
import type { Hash, VolunteerId } from "@tributary/protocol";
import { type Judgement, judgeOffer, type Offer, type RunState } from "@tributary/rounds";
import type { StoredUpdate } from "@tributary/storage";
import type { CommittedUpdates } from "./committed-updates.ts";
import type { SubmitOutcome } from "./coordination.ts";
import type { EventQueue, RecordNow } from "./event-queue.ts";

export type SubmissionParts = {
  readonly state: () => RunState;
  readonly queue: Pick<EventQueue, "inTurn">;
  readonly committed: CommittedUpdates;
  readonly deps: Runtime;
};

/** Whether the run wants an update, as its state is now. */
export function judge(
  { state, committed }: SubmissionParts,
  volunteer: VolunteerId,
  offer: Offer,
): Judgement {
  return judgeOffer(state(), volunteer, offer, committed.find);
}

/** Records an update in its turn. Never rejects: the queue logs why an update could not be stored. */
export async function submit(
  parts: SubmissionParts,
  update: StoredUpdate,
  snapshot: Hash,
): Promise<SubmitOutcome> {
  const failed = { outcome: "failed" } as const;
  return parts.queue
    .inTurn((record) => recordUpdate(parts, record, update, snapshot))
    .then((outcome) => outcome ?? failed)
    .catch(() => failed);
}

/** A commit is the verdict. An update that was not recorded is judged, so that the refusal names its reason. */
async function recordUpdate(
  parts: SubmissionParts,
  record: RecordNow,
  update: StoredUpdate,
  snapshot: Hash,
): Promise<SubmitOutcome> {
  const { committed, deps } = parts;
  const { round, volunteer, hash, examples } = update;
  const atMs = deps.nowMs();
  const { outcome } = await record({ type: "update-recorded", round, volunteer, examples, atMs }, { update });
  if (outcome === "committed") {
    committed.add(round, volunteer, hash);
    return { outcome: "recorded" };
  }
  if (outcome === "overtaken") await committed.load();
  const judgement = judge(parts, volunteer, { round, snapshot, hash });
  return judgement.outcome === "wanted" ? { outcome: "failed" } : judgement;
}
