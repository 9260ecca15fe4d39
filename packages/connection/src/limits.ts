/** What one connection, and all of them together, may cost the server. Times in milliseconds. */
export type TransportLimits = {
  /** Time between two pings of the server. The welcome tells the volunteer to ping as often. */
  readonly heartbeatMs: number;
  /** A volunteer that is silent for more heartbeats than this is disconnected. */
  readonly missedHeartbeats: number;
  /** How long a new connection may take to say hello. */
  readonly helloMs: number;
  /** Bytes of a tensor in one message, in both directions. */
  readonly chunkBytes: number;
  readonly maxConnections: number;
  /** The frame without sense that closes the connection: the 20th by default. */
  readonly maxFaults: number;
  /** The refused update or request that closes the connection: the 100th by default. */
  readonly maxRefusals: number;
  /** A connection's socket is paused once this many of its frames wait. */
  readonly maxWaitingFrames: number;
  /** A volunteer for which more bytes than this wait to be sent is cut off. */
  readonly maxBufferedBytes: number;
  /** Bytes reserved for incoming updates of all volunteers together. */
  readonly maxUploadBytes: number;
  /** When volunteers are told to try again: `soon` after a mishap, `later` where the server is full. */
  readonly retryInMs: { readonly soon: number; readonly later: number };
};

/** The limits in use unless a test asks for others. */
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
