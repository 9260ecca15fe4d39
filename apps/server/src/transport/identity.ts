import { createHash } from "node:crypto";
import type { Hello, VolunteerId } from "@tributary/protocol";
import type { Storage } from "@tributary/storage";

export type Identity = { readonly volunteer: VolunteerId; readonly resumeToken: string };

/** Who says hello: the volunteer of its token, or a new one. Only the token's SHA-256 is stored. */
export async function identify(
  storage: Storage,
  hello: Hello,
  randomBytes: (count: number) => Uint8Array,
): Promise<Identity> {
  const { run, backend, resumeToken } = hello;
  const device = hello.client.device;
  if (resumeToken !== undefined) {
    const volunteer = await storage.volunteers.findByToken(run, tokenHash(resumeToken));
    if (volunteer !== null) {
      await storage.volunteers.seen(run, volunteer, device, backend);
      return { volunteer, resumeToken };
    }
  }
  const token = Buffer.from(randomBytes(32)).toString("base64url");
  const volunteer = `v-${Buffer.from(randomBytes(8)).toString("hex")}`;
  await storage.volunteers.create(run, volunteer, tokenHash(token), device, backend);
  return { volunteer, resumeToken: token };
}

function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
