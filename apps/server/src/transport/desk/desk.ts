/** What the server does for one volunteer that has joined a run. */

import type { DeskMessage } from "@tributary/connection";
import { reasonOf } from "@tributary/platform";
import type { Desk, DeskTools } from "./desk-state.ts";
import { sendSnapshot, stopSending } from "./download.ts";
import { takeChunk, takeOffer } from "./upload.ts";

export type { Desk } from "./desk-state.ts";

/** A desk at which nothing is under way. */
export function openDesk(tools: DeskTools): Desk {
  return { ...tools, refusedRound: null, downloads: 0 };
}

/** Answers one message. Rejects where the database fails, which is not the volunteer's fault. */
export async function answer(desk: Desk, message: DeskMessage): Promise<void> {
  switch (message.type) {
    case "available":
      return desk.presence.available(message.examples);
    case "unavailable":
      return desk.presence.unavailable();
    case "training-progressed":
      return desk.presence.progressed(message);
    case "snapshot-requested":
      return sendSnapshot(desk, message.hash, message.offset).catch((error: unknown) =>
        desk.onFailure(`the snapshot could not be read: ${reasonOf(error)}`),
      );
    case "update-offered":
      return takeOffer(desk, message);
    case "update-chunk":
      return takeChunk(desk, message);
    default:
      return message satisfies never;
  }
}

/** Ends the download under way. An upload waits for the volunteer to come back. */
export function closeDesk(desk: Desk): void {
  stopSending(desk);
}
