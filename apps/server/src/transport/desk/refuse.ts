import type { Refusal } from "@tributary/rounds";
import type { Desk } from "./desk-state.ts";

const MAX_DETAIL = 500;

/** Refuses an update or a request: tells the volunteer, counts it, logs it, and files it with the round. */
export async function refuse(desk: Desk, round: number, refusal: Refusal): Promise<void> {
  const { coordinator, volunteer } = desk;
  const { id: run } = coordinator.run;
  const { reason } = refusal;
  const detail = refusal.detail.slice(0, MAX_DETAIL);
  desk.outbox.send({ type: "update-refused", round, reason, detail });
  desk.onRefusal();
  desk.log.info({ run, round, volunteer, reason, detail }, "refused an update or a request");
  // A round number that no round can have is filed under the round that the run is in.
  const filed = Math.min(round, coordinator.state().round);
  await desk.storage.rounds.refuse(run, filed, volunteer, reason, detail);
}
