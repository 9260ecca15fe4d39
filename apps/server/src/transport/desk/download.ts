/** A snapshot or control variate on its way to a volunteer. */
import { reasonOf } from "@tributary/platform";
import { chunksFrom, type Hash } from "@tributary/protocol";
import type { Desk } from "./desk-state.ts";
import { refuse } from "./refuse.ts";

/**
 * Begins to send the bytes from `offset` on, in place of the download under way. Resolves once the request is answered or
 * refused: requests without end are then held up by the limits on frames and refusals. The chunks follow by themselves, so
 * that a slow download does not hold up the volunteer's other messages. Rejects where the bytes cannot be read.
 */
export async function sendSnapshot(desk: Desk, hash: Hash, offset: number): Promise<void> {
  const download = stopSending(desk);
  const { coordinator } = desk;
  const bytes = await desk.snapshots.bytes(coordinator.run.id, hash);
  // The connection may have closed meanwhile.
  if (desk.downloads !== download) return;
  const { round } = coordinator.state();
  if (bytes === null) {
    return refuse(desk, round, { reason: "unknown-snapshot", detail: `this run has no snapshot ${hash}` });
  }
  if (offset > bytes.byteLength) {
    const detail = `expected an offset up to ${bytes.byteLength}, got ${offset}`;
    return refuse(desk, round, { reason: "bad-offset", detail });
  }
  void sendChunks(desk, hash, bytes, offset).catch((error: unknown) =>
    desk.onFailure(`the snapshot could not be sent: ${reasonOf(error)}`),
  );
}

/** Sends each chunk once the one before has left this process, until another download takes its place. */
async function sendChunks(desk: Desk, hash: Hash, bytes: Uint8Array, offset: number): Promise<void> {
  const download = desk.downloads;
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
