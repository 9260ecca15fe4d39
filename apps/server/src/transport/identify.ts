import { sha256 } from "@tributary/platform";
import type { Hello, VolunteerId } from "@tributary/protocol";
import type { Storage } from "@tributary/storage";

/** A volunteer of a run, and the token that brings it back under the same id. */
export type Identity = { readonly volunteer: VolunteerId; readonly resumeToken: string };

/**
 * Finds the volunteer whose token the hello carries, or creates a new one. Only the token's SHA-256 is stored.
 * `randomBytes` must be cryptographically secure: whoever knows a token is the volunteer.
 */
export async function identify(
  storage: Storage,
  hello: Hello,
  randomBytes: (count: number) => Uint8Array,
): Promise<Identity> {
  const { run, backend, resumeToken } = hello;
  const device = hello.client.device;
  if (resumeToken !== undefined) {
    const volunteer = await storage.volunteers.findByToken(run, sha256(resumeToken));
    if (volunteer !== null) {
      await storage.volunteers.seen(run, volunteer, device, backend);
      return { volunteer, resumeToken };
    }
  }
  const token = Buffer.from(randomBytes(32)).toString("base64url");
  const volunteer = `v-${Buffer.from(randomBytes(8)).toString("hex")}`;
  await storage.volunteers.create(run, volunteer, sha256(token), device, backend);
  return { volunteer, resumeToken: token };
}
