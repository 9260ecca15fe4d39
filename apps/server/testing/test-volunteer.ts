/** For tests: what a volunteer does, one step a function, by hand. */
import {
  chunksFrom,
  encodeTensor,
  type Hash,
  type Measurement,
  PROTOCOL_VERSION,
  type RoundOpened,
  type UpdateDtype,
  type UpdateOffered,
  type VolunteerMessage,
} from "@tributary/protocol";
import type { RawVolunteer, ServerMessageOf } from "./raw-volunteer.ts";

export { ConnectionClosed, connectVolunteer, type RawVolunteer } from "./raw-volunteer.ts";

/** Says hello and waits for the welcome; with `examples`, becomes available too. */
export async function join(
  volunteer: RawVolunteer,
  run: string,
  { resumeToken, examples = 10 }: { readonly resumeToken?: string; readonly examples?: number | null } = {},
): Promise<ServerMessageOf<"welcome">> {
  volunteer.send(helloTo(run, resumeToken));
  const welcome = await volunteer.next("welcome");
  if (examples !== null) volunteer.send({ type: "available", examples });
  return welcome;
}

export function helloTo(run: string, resumeToken?: string): Extract<VolunteerMessage, { type: "hello" }> {
  return {
    type: "hello",
    protocol: PROTOCOL_VERSION,
    run,
    client: { name: "raw", version: "1", device: "test" },
    backend: "cpu",
    ...(resumeToken === undefined ? {} : { resumeToken }),
  };
}

/** What a volunteer says with its delta; it holds nothing out unless it says so. */
type Told = {
  readonly examples?: number;
  readonly dtype?: UpdateDtype;
  readonly evaluation?: Measurement | null;
};

/** An offer for a delta, and the delta's bytes. */
export function offerOf(
  opened: Pick<RoundOpened, "round"> & { readonly snapshot: { readonly hash: Hash } },
  delta: Float32Array,
  { examples = 10, dtype = "float32", evaluation = null }: Told = {},
): { readonly offer: UpdateOffered; readonly bytes: Uint8Array } {
  const { manifest, bytes } = encodeTensor(delta, dtype);
  const offer: UpdateOffered = {
    type: "update-offered",
    round: opened.round,
    snapshot: opened.snapshot.hash,
    examples,
    loss: 0.5,
    accuracy: 0.5,
    evaluation,
    trainingMs: 1,
    tensor: manifest,
  };
  return { offer, bytes };
}

/** Offers a delta, sends its bytes and waits for the acknowledgement. */
export async function report(
  volunteer: RawVolunteer,
  opened: RoundOpened,
  delta: Float32Array,
  options: Told = {},
): Promise<ServerMessageOf<"update-acknowledged">> {
  const { offer, bytes } = offerOf(opened, delta, options);
  volunteer.send(offer);
  const { offset } = await volunteer.next("upload-ready", ({ round }) => round === opened.round);
  sendChunks(volunteer, opened.round, bytes, offset);
  return volunteer.next("update-acknowledged", ({ hash }) => hash === offer.tensor.hash);
}

export function sendChunks(volunteer: RawVolunteer, round: number, bytes: Uint8Array, offset: number): void {
  for (const chunk of chunksFrom(bytes, offset, 1024))
    volunteer.send({ type: "update-chunk", round, ...chunk });
}

/** Downloads a snapshot from `offset` on. */
export async function download(
  volunteer: RawVolunteer,
  snapshot: RoundOpened["snapshot"],
  offset = 0,
): Promise<Uint8Array> {
  volunteer.send({ type: "snapshot-requested", hash: snapshot.hash, offset });
  const bytes = new Uint8Array(snapshot.bytes - offset);
  for (let at = offset; at < snapshot.bytes; ) {
    const chunk = await volunteer.next("snapshot-chunk", (c) => c.hash === snapshot.hash && c.offset === at);
    bytes.set(chunk.bytes, at - offset);
    at += chunk.bytes.length;
  }
  return bytes;
}
