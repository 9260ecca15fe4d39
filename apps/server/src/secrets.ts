/**
 * Secrets that outlive a start, as files in the server's home that only its user may read: the admin token (the
 * database keeps only its hash) and the key that signs session cookies.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@tributary/platform";
import type { Storage } from "@tributary/storage";

/** The file in which the admin token is kept. */
export function adminTokenFile(homeDirectory: string): string {
  return join(homeDirectory, "admin-token");
}

/** The token that opens the dashboard: `fixed`, else the one of an earlier start, else a new one. */
export async function firstAdminToken(
  homeDirectory: string,
  fixed: string | null,
  tokens: Storage["tokens"],
): Promise<string> {
  const token = fixed ?? (await keepSecret(adminTokenFile(homeDirectory), newToken));
  const known = await tokens.verify(sha256(token));
  if (known === null) await tokens.create(sha256(token), fixed === null ? "first token" : "configured token");
  return token;
}

/** 192 random bits; the prefix lets secret scanners know it. */
export function newToken(): string {
  return `trb_${randomBytes(24).toString("base64url")}`;
}

/** Signs session cookies. */
export async function sessionKey(homeDirectory: string): Promise<Uint8Array> {
  const hex = await keepSecret(join(homeDirectory, "session-key"), () => randomBytes(32).toString("hex"));
  return Buffer.from(hex, "hex");
}

async function keepSecret(path: string, make: () => string): Promise<string> {
  const kept = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  if (kept.trim() !== "") return kept.trim();
  const secret = make();
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, `${secret}\n`, { mode: 0o600 });
  return secret;
}
