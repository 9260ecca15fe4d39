/** A snapshot or control variate on its way to a volunteer. */
import { chunksFrom, type Hash } from "@tributary/protocol";
import type { Desk } from "./desk-state.ts";
import { refuse } from "./refuse.ts";

/**
 * Sends the bytes from `offset` on, each chunk once the one before has left this process. Takes the place of the
 * download under way.
 */
export async function sendSnapshot(desk: Desk, hash: Hash, offset: number): Promise<void> {
  const download = stopSending(desk);
  const { coordinator } = desk;
  const bytes = await desk.snapshots.bytes(coordinator.run.id, hash);
  const { round } = coordinator.state();
  if (bytes === null) {
    return refuse(desk, round, { reason: "unknown-snapshot", detail: `this run has no snapshot ${hash}` });
  }
  if (offset > bytes.byteLength) {
    const detail = `expected an offset up to ${bytes.byteLength}, got ${offset}`;
    return refuse(desk, round, { reason: "bad-offset", detail });
  }
  for (const chunk of chunksFrom(bytes, offset, desk.chunkBytes)) {
    const isSent = await desk.outbox.sendAndDrain({ type: "snapshot-chunk", hash, ...chunk });
    if (!isSent || desk.downloads !== download) return;
  }
}

/** Ends the download under way. Returns the number of the next one. */
export function stopSending(desk: Desk): number {
  desk.downloads += 1;
  return desk.downloads;
}
