import { openLog } from "@tributary/platform/log";
import { openStorage, type Storage } from "@tributary/storage";
import type { Config } from "../config.ts";
import { closedTogether, openDatabase } from "../start.ts";

/**
 * Opens the configured database for a command, calls `use`, and closes what it opened. The embedded PostgreSQL is started
 * for that time; it cannot be while a server uses it.
 */
export async function withStorage<Result>(
  config: Config,
  use: (storage: Storage) => Promise<Result>,
): Promise<Result> {
  const log = openLog({ level: "warn", name: "command", isTerminal: process.stderr.isTTY });
  const resources = closedTogether(log);
  try {
    const databaseUrl = await openDatabase(config, (message) => log.info(message), resources);
    const storage = await openStorage({ databaseUrl });
    resources.add("storage", () => storage.close());
    return await use(storage);
  } finally {
    await resources.close();
  }
}
