/**
 * WebSocket close codes. They rhyme with HTTP: 4000 + the status that HTTP would give. `faultRules` says which fault
 * closes with which.
 */
export const CloseCode = {
  badFrames: 4400,
  unknownRun: 4404,
  heartbeatMissed: 4408,
  replaced: 4409,
  runOver: 4410,
  unsupportedProtocol: 4426,
  tooManyConnections: 4429,
  shuttingDown: 4503,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];
