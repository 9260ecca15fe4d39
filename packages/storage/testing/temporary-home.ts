import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for what a server keeps, until it is removed. */
export type TemporaryHome = { readonly path: string; remove(): Promise<void> };

/**
 * An empty folder that the user `postgres` may enter: started as root, the embedded PostgreSQL runs as that user, and
 * would otherwise keep its files in /var/lib/tributary, where they would outlive the test.
 */
export async function temporaryHome(): Promise<TemporaryHome> {
  const path = await mkdtemp(join(tmpdir(), "tributary-home-"));
  await chmod(path, 0o755);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
