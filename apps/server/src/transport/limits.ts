/** What one connection, and all of them together, may cost the server. Times in milliseconds. */
export type TransportLimits = {
  /** How often the server pings; the volunteer is told to do the same. */
  readonly heartbeatMs: number;
  /** Silent for this many heartbeats: gone. */
  readonly missedHeartbeats: number;
  /** How long a new connection may take to say hello. */
  readonly helloMs: number;
  readonly chunkBytes: number;
  readonly maxConnections: number;
  /** Frames that make no sense, before the connection is closed. */
  readonly maxFaults: number;
  /** Updates and requests refused, before the connection is closed. */
  readonly maxRefusals: number;
  /** Frames of one connection that wait to be worked on, before its socket is paused. */
  readonly maxWaitingFrames: number;
  /** Bytes that wait to be sent to one volunteer before it counts as gone. */
  readonly maxBufferedBytes: number;
  /** Bytes reserved for updates on their way in, all volunteers together. */
  readonly maxUploadBytes: number;
  /** When volunteers are told to try again: `soon` after a mishap, `later` where the server is full. */
  readonly retryInMs: { readonly soon: number; readonly later: number };
};

export const defaultLimits: TransportLimits = {
  heartbeatMs: 15_000,
  missedHeartbeats: 3,
  helloMs: 10_000,
  chunkBytes: 262_144,
  maxConnections: 2000,
  maxFaults: 20,
  maxRefusals: 100,
  maxWaitingFrames: 32,
  maxBufferedBytes: 8_388_608,
  maxUploadBytes: 2_147_483_648,
  retryInMs: { soon: 2000, later: 10_000 },
};
