/**
 * Secrets that outlive a start, as files in the server's home that only its user may read: the admin token (the
 * database keeps only its hash) and the key that signs login cookies.
 */
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readTextIfThere, sha256 } from "@tributary/platform";
import type { Storage } from "@tributary/storage";

/** The file in which the admin token is kept. */
export function adminTokenFile(homeDirectory: string): string {
  return join(homeDirectory, "admin-token");
}

/**
 * The token that opens the dashboard: `fixed` where it is given, else the one of an earlier start, else a new one. Its
 * hash is in the database afterwards. `isNew` says that this call generated it.
 */
export async function firstAdminToken(
  homeDirectory: string,
  fixed: string | null,
  tokens: Storage["tokens"],
): Promise<{ readonly token: string; readonly isNew: boolean }> {
  const { secret: token, isNew } =
    fixed === null
      ? await keepSecret(adminTokenFile(homeDirectory), newToken)
      : { secret: fixed, isNew: false };
  const known = await tokens.verify(sha256(token));
  if (known === null) await tokens.create(sha256(token), fixed === null ? "first token" : "configured token");
  return { token, isNew };
}

/** A new token: 192 random bits behind a prefix by which secret scanners know it. */
export function newToken(): string {
  return `trb_${randomBytes(24).toString("base64url")}`;
}

/** The key that signs login cookies: 32 bytes, generated at the first start. */
export async function loginKey(homeDirectory: string): Promise<Uint8Array> {
  const make = () => randomBytes(32).toString("hex");
  const { secret } = await keepSecret(join(homeDirectory, "login-key"), make);
  return Buffer.from(secret, "hex");
}

async function keepSecret(
  path: string,
  make: () => string,
): Promise<{ readonly secret: string; readonly isNew: boolean }> {
  const kept = (await readTextIfThere(path))?.trim() ?? "";
  if (kept !== "") return { secret: kept, isNew: false };
  const secret = make();
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${secret}\n`, { mode: 0o600 });
  return { secret, isNew: true };
}
