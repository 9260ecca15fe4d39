/** WebSocket close codes. They rhyme with HTTP: 4000 + the status that HTTP would give. */
export const CloseCode = {
  badFrames: 4400,
  unknownRun: 4404,
  heartbeatMissed: 4408,
  replaced: 4409,
  runOver: 4410,
  tooLarge: 4413,
  unsupportedProtocol: 4426,
  tooManyConnections: 4429,
  internal: 4500,
  shuttingDown: 4503,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** Whether a page should try to come back after this close. Unknown codes (a lost network) are worth a retry. */
export function isRetryable(code: number): boolean {
  const final: readonly number[] = [
    CloseCode.badFrames,
    CloseCode.unknownRun,
    CloseCode.replaced,
    CloseCode.runOver,
    CloseCode.tooLarge,
    CloseCode.unsupportedProtocol,
  ];
  return !final.includes(code);
}
