/** Connections to Postgres, and how its values look here: bigint as number, bytea as bytes of their own. */
import postgres from "postgres";

type Types = { bigint: number };
/** A pool of connections. */
export type Database = postgres.Sql<Types>;
/** A database, or a transaction on one. */
export type Queryable = postgres.ISql<Types>;

/** How a pool connects. */
export type ConnectOptions = {
  /** Most connections at a time. */
  readonly max: number;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  /** Called whenever a connection has ended. */
  readonly onClose?: () => void;
};

/** Most seconds between two tries to connect: a database that comes back is noticed soon. */
const LONGEST_BACKOFF_S = 2;

/** Opens a pool. Connections are made when they are first needed, and stay until `end()`. */
export function connect(databaseUrl: string, options: ConnectOptions): Database {
  return postgres(databaseUrl, {
    max: options.max,
    max_lifetime: null,
    backoff: (tries) => Math.min(0.1 * 2 ** tries, LONGEST_BACKOFF_S),
    connection: { application_name: options.name },
    onnotice: () => undefined,
    ...(options.onClose === undefined ? {} : { onclose: options.onClose }),
    types: {
      bigint: { to: 20, from: [20], parse: parseBigint, serialize: String },
      // postgres.js hands out views into a shared pool; these bytes are their owner's, and aligned.
      bytea: { to: 17, from: [17], parse: parseBytes, serialize: formatBytes },
    },
  }) as Database;
}

/** A value for a jsonb column. */
export function json(sql: Queryable, value: unknown): postgres.Parameter {
  return sql.json(value as postgres.JSONValue);
}

/** The text with U+FFFD for each NUL, which a volunteer may send and PostgreSQL's text cannot hold. */
export function withoutNul(text: string): string {
  return text.replaceAll("\0", "\uFFFD");
}

function parseBigint(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`expected a safe integer, got ${text}`);
  return value;
}

function parseBytes(text: string): Uint8Array {
  const bytes = Buffer.alloc((text.length - 2) / 2);
  bytes.write(text.slice(2), "hex");
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function formatBytes(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
}
