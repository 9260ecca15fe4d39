/** What each fault means for the connection: how it closes, and whether and when trying again can help. */
import { CloseCode } from "./close-codes.ts";
import type { FaultReason } from "./server-messages.ts";

/** What follows from one fault. */
export type FaultRule = {
  /** The connection closes with this code right after the fault; null: it stays open. */
  readonly closeCode: CloseCode | null;
  /**
   * When a volunteer may connect again or, while the connection stays open, ask again. The fault's `retryInMs` says how
   * long `soon` and `later` are; at `never` it is null, because the same again would end the same way.
   */
  readonly retry: "never" | "soon" | "later";
};

/** The rule of every fault, in the order of docs/protocol.md. The server closes by it, and volunteers come back by it. */
export const faultRules = {
  "bad-frame": { closeCode: null, retry: "never" },
  "bad-message": { closeCode: null, retry: "never" },
  "unexpected-message": { closeCode: null, retry: "never" },
  internal: { closeCode: null, retry: "soon" },
  "too-many-faults": { closeCode: CloseCode.badFrames, retry: "never" },
  "unknown-run": { closeCode: CloseCode.unknownRun, retry: "never" },
  "heartbeat-missed": { closeCode: CloseCode.heartbeatMissed, retry: "soon" },
  replaced: { closeCode: CloseCode.replaced, retry: "never" },
  "run-over": { closeCode: CloseCode.runOver, retry: "never" },
  "unsupported-protocol": { closeCode: CloseCode.unsupportedProtocol, retry: "never" },
  "too-many-connections": { closeCode: CloseCode.tooManyConnections, retry: "later" },
  "shutting-down": { closeCode: CloseCode.shuttingDown, retry: "soon" },
} as const satisfies Record<FaultReason, FaultRule>;

/** The faults that leave the connection open. */
export type PassingFault = {
  [Reason in FaultReason]: (typeof faultRules)[Reason]["closeCode"] extends null ? Reason : never;
}[FaultReason];

/** The faults that close the connection. */
export type ClosingFault = Exclude<FaultReason, PassingFault>;

/** Whether a fault closes the connection for good: connecting again cannot help. */
export function isFinal(reason: FaultReason): boolean {
  const { closeCode, retry }: FaultRule = faultRules[reason];
  return closeCode !== null && retry === "never";
}

/** Whether connecting again can help after this close code. Unknown codes, a lost network's 1006 among them, are worth a try. */
export function isRetryable(code: number): boolean {
  const rules: readonly FaultRule[] = Object.values(faultRules);
  return !rules.some(({ closeCode, retry }) => closeCode === code && retry === "never");
}
