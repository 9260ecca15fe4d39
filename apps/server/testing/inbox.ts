/** For tests: the server's messages as they come, each taken once by whoever waits for it. */
import type { ServerMessage } from "@tributary/protocol";

export type ServerMessageOf<Type extends ServerMessage["type"]> = Extract<ServerMessage, { type: Type }>;

export type Inbox = {
  /** Every message so far, taken or not. */
  readonly received: readonly ServerMessage[];
  put(message: ServerMessage): void;
  /** The socket closed with `code`: nothing comes any more. */
  close(code: number): void;
  /** Resolves once the socket has closed. Rejects after 30 s. */
  closed(): Promise<{ readonly code: number }>;
  /** The first message that fits and was not taken. Rejects when the socket closes first, and after `timeoutMs`. */
  take<Type extends ServerMessage["type"]>(
    type: Type,
    fits: (message: ServerMessageOf<Type>) => boolean,
    timeoutMs?: number | null,
  ): Promise<ServerMessageOf<Type>>;
};

export class ConnectionClosed extends Error {
  readonly code: number;

  constructor(code: number, heard: string) {
    super(`closed with ${code}, after ${heard}`);
    this.code = code;
  }
}

type Waiting = {
  readonly fits: (message: ServerMessage) => boolean;
  readonly resolve: (message: ServerMessage) => void;
  readonly reject: (error: Error) => void;
};

const TIMEOUT_MS = 30_000;

export function createInbox(): Inbox {
  const received: ServerMessage[] = [];
  const untaken: ServerMessage[] = [];
  const waiting = new Set<Waiting>();
  const heard = () => `after ${describe(received)}`;
  let close: (code: number) => void = () => undefined;
  const closed = new Promise<{ code: number }>((resolve) => {
    close = (code) => {
      for (const { reject } of waiting) reject(new ConnectionClosed(code, describe(received)));
      resolve({ code });
    };
  });
  return {
    received,
    put(message) {
      received.push(message);
      const taker = [...waiting].find(({ fits }) => fits(message));
      if (taker === undefined) return void untaken.push(message);
      waiting.delete(taker);
      taker.resolve(message);
    },
    close,
    closed: () => within(TIMEOUT_MS, closed, () => `the connection to close, ${heard()}`),
    take(type, fits, timeoutMs = TIMEOUT_MS) {
      const matches = (message: ServerMessage) => isOf(message, type) && fits(message);
      const found = new Promise<ServerMessage>((resolve, reject) => {
        const first = untaken.find(matches);
        if (first === undefined) return void waiting.add({ fits: matches, resolve, reject });
        untaken.splice(untaken.indexOf(first), 1);
        resolve(first);
      });
      return within(timeoutMs, found as Promise<ServerMessageOf<typeof type>>, () => `${type}, ${heard()}`);
    },
  };
}

function isOf<Type extends ServerMessage["type"]>(
  message: ServerMessage,
  type: Type,
): message is ServerMessageOf<Type> {
  return message.type === type;
}

/** Rejects after `timeoutMs` and says what was waited for. null: waits as long as it takes. */
async function within<T>(timeoutMs: number | null, promise: Promise<T>, what: () => string): Promise<T> {
  if (timeoutMs === null) return promise;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${timeoutMs} ms for ${what()}`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function describe(received: readonly ServerMessage[]): string {
  if (received.length === 0) return "nothing";
  return received.map((m) => (m.type === "fault" ? `fault: ${m.reason} (${m.detail})` : m.type)).join(", ");
}
