/**
 * The steps of an update on its way in: offered, carried over in chunks, complete, checked, submitted to the
 * coordinator, answered. It is acknowledged only after the coordinator has committed it.
 */
import { sha256 } from "@tributary/platform";
import { acceptChunk, decodeValues, type UpdateOffered, type VolunteerMessage } from "@tributary/protocol";
import { lastClosedRound, offerProblem, type Refusal, updateProblem } from "@tributary/rounds";
import type { Upload } from "../uploads.ts";
import type { Desk } from "./desk-state.ts";
import { refuse } from "./refuse.ts";

type UpdateChunk = Extract<VolunteerMessage, { readonly type: "update-chunk" }>;

/** Answers an offer before its bytes travel: refused, stored already, or welcome from some offset on. */
export async function takeOffer(desk: Desk, offer: UpdateOffered): Promise<void> {
  const { round, snapshot, tensor } = offer;
  const judgement = desk.coordinator.judge(desk.volunteer, { round, snapshot, hash: tensor.hash });
  switch (judgement.outcome) {
    case "wanted":
      return beginUpload(desk, offer);
    case "recorded":
      return acknowledge(desk, offer);
    case "refused":
      return refuse(desk, round, judgement);
    default:
      return judgement satisfies never;
  }
}

async function beginUpload(desk: Desk, offer: UpdateOffered): Promise<void> {
  const { run, parameters } = desk.coordinator;
  const problem = offerProblem(offer, run.plan, parameters);
  if (problem !== null) return refuse(desk, offer.round, problem);
  const upload = desk.uploads.begin(run.id, desk.volunteer, offer);
  if (upload === null) return desk.onFailure("too many updates are on their way in");
  desk.refusedRound = null;
  desk.outbox.send({ type: "upload-ready", round: offer.round, offset: upload.assembly.received });
}

/** Takes the next bytes of an offered update. The last ones complete it. */
export async function takeChunk(desk: Desk, chunk: UpdateChunk): Promise<void> {
  const { round } = chunk;
  if (desk.refusedRound === round) return;
  const upload = desk.uploads.find(desk.coordinator.run.id, desk.volunteer);
  if (upload?.offer.round !== round) return refuseChunk(desk, round, notOffered(desk, round));
  const accepted = acceptChunk(upload.assembly, chunk, sha256);
  switch (accepted.outcome) {
    case "partial":
      return;
    case "complete":
      return completeUpload(desk, upload, accepted.bytes);
    case "refused":
      return refuseChunk(desk, round, accepted);
    default:
      return accepted satisfies never;
  }
}

function refuseChunk(desk: Desk, round: number, refusal: Refusal): Promise<void> {
  desk.refusedRound = round;
  return refuse(desk, round, refusal);
}

/** An upload is freed when its round closes: its last chunks are then late rather than never offered. */
function notOffered(desk: Desk, round: number): Refusal {
  const isClosed = round >= 1 && round <= lastClosedRound(desk.coordinator.state());
  if (isClosed) return { reason: "late", detail: `round ${round} is closed` };
  return { reason: "not-offered", detail: `no update was offered for round ${round}` };
}

async function completeUpload(desk: Desk, { offer }: Upload, delta: Uint8Array): Promise<void> {
  desk.uploads.end(desk.coordinator.run.id, desk.volunteer);
  const problem = checkUpdate(desk, offer, delta);
  if (problem !== null) return refuse(desk, offer.round, problem);
  return submitUpdate(desk, offer, delta);
}

function checkUpdate(desk: Desk, offer: UpdateOffered, delta: Uint8Array): Refusal | null {
  const { run, parameters } = desk.coordinator;
  return updateProblem(decodeValues(delta, offer.tensor.dtype), run.plan, parameters);
}

async function submitUpdate(desk: Desk, offer: UpdateOffered, delta: Uint8Array): Promise<void> {
  const { volunteer } = desk;
  const { round, snapshot, examples, loss, accuracy, evaluation, trainingMs } = offer;
  const { hash, dtype } = offer.tensor;
  const told = { examples, loss, accuracy, evaluation, trainingMs };
  const update = { round, volunteer, hash, dtype, delta, ...told };
  const submitted = await desk.coordinator.submit(update, snapshot);
  switch (submitted.outcome) {
    case "recorded":
      return acknowledge(desk, offer);
    case "refused":
      return refuse(desk, round, submitted);
    case "failed":
      return desk.onFailure("the update could not be stored: offer it again");
    default:
      return submitted satisfies never;
  }
}

function acknowledge(desk: Desk, { round, tensor }: UpdateOffered): void {
  desk.outbox.send({ type: "update-acknowledged", round, hash: tensor.hash });
}
