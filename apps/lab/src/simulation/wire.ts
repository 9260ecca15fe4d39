/** Snapshots and updates as the frames that a socket would carry, and back, through the live codec. */
import {
  acceptChunk,
  beginAssembly,
  chunksFrom,
  type Decoded,
  decodeServerMessage,
  decodeTensor,
  decodeVolunteerMessage,
  encodeServerMessage,
  encodeTensor,
  encodeVolunteerMessage,
  FRAME_OVERHEAD_BYTES,
  type Hash,
  type TensorManifest,
  type UpdateOffered,
} from "@tributary/protocol";

/** Messages as a socket carries them. */
export type Frames = readonly Uint8Array[];

const CHUNK_BYTES = 256 * 1024;
const limits = { maxFrameBytes: CHUNK_BYTES + FRAME_OVERHEAD_BYTES };

/** A round as its volunteers get it. */
export type OpenedRound = {
  readonly round: number;
  readonly snapshot: Hash;
  readonly parameters: Float32Array;
  /** The server's control variate; null: none, or still zero. */
  readonly control: Float32Array | null;
};

/** `round-opened`, then the chunks of the snapshot and of the control variate. */
export function roundFrames(round: number, parameters: Float32Array, control: Float32Array | null): Frames {
  const snapshot = encodeTensor(parameters, "float32");
  const second = control && encodeTensor(control, "float32");
  const opened = encodeServerMessage({
    type: "round-opened",
    round,
    snapshot: snapshot.manifest,
    control: second?.manifest ?? null,
    deadlineInMs: 0,
  });
  const chunks = [snapshot, ...(second === null ? [] : [second])].flatMap(({ manifest, bytes }) =>
    [...chunksFrom(bytes, 0, CHUNK_BYTES)].map((chunk) =>
      encodeServerMessage({ type: "snapshot-chunk", hash: manifest.hash, ...chunk }),
    ),
  );
  return [opened, ...chunks];
}

/** What a volunteer reads from `roundFrames`. Throws where a frame is not what it should be. */
export function readRound(frames: Frames): OpenedRound {
  const [opened, ...chunks] = frames.map((frame) => believe(decodeServerMessage(frame)));
  if (opened?.type !== "round-opened") throw new Error(`expected round-opened, got ${opened?.type}`);
  const { round, snapshot, control } = opened;
  const own = ({ hash }: TensorManifest) =>
    chunks.filter((chunk) => chunk.type !== "snapshot-chunk" || chunk.hash === hash);
  const isSame = control?.hash === snapshot.hash;
  const parameters = assemble(snapshot, isSame ? chunks : own(snapshot), "snapshot-chunk");
  const second = control && (isSame ? parameters : assemble(control, own(control), "snapshot-chunk"));
  return { round, snapshot: snapshot.hash, parameters, control: second };
}

/** An update as the server reads it. */
export type Report = {
  readonly round: number;
  readonly snapshot: Hash;
  readonly examples: number;
  readonly loss: number;
  readonly accuracy: number | null;
  /** The round's model as it came, on what the volunteer holds out; null where it holds nothing out. */
  readonly evaluation: UpdateOffered["evaluation"];
  /** The delta and, where the strategy has one, the control delta behind it. */
  readonly values: Float32Array;
};

/** The offer, then the chunks of its bytes. */
export function updateFrames(offer: UpdateOffered, bytes: Uint8Array): Frames {
  const offered = encodeVolunteerMessage(offer);
  const chunks = [...chunksFrom(bytes, 0, CHUNK_BYTES)].map((chunk) =>
    encodeVolunteerMessage({ type: "update-chunk", round: offer.round, ...chunk }),
  );
  return [offered, ...chunks];
}

/** The offer at the head of `updateFrames`. Throws where it is another message. */
export function readOffer([offer = new Uint8Array()]: Frames): UpdateOffered {
  const offered = believe(decodeVolunteerMessage(offer, limits));
  if (offered.type !== "update-offered") throw new Error(`expected update-offered, got ${offered.type}`);
  return offered;
}

/** What the server reads from `updateFrames`. Throws where a frame is not what it should be. */
export function readUpdate(frames: Frames): Report {
  const { tensor, round, snapshot, examples, loss, accuracy, evaluation } = readOffer(frames);
  const chunks = frames.slice(1).map((frame) => believe(decodeVolunteerMessage(frame, limits)));
  const values = assemble(tensor, chunks, "update-chunk");
  return { round, snapshot, examples, loss, accuracy, evaluation, values };
}

/** The bytes of all frames together. */
export function bytesOfFrames(frames: Frames): number {
  return frames.reduce((sum, frame) => sum + frame.length, 0);
}

type ChunkLike = { readonly type: string; readonly offset?: number; readonly bytes?: Uint8Array };

function assemble(manifest: TensorManifest, chunks: readonly ChunkLike[], type: string): Float32Array {
  const assembly = beginAssembly(manifest);
  for (const chunk of chunks) {
    if (chunk.type !== type || chunk.offset === undefined || chunk.bytes === undefined) {
      throw new Error(`expected ${type}, got ${chunk.type}`);
    }
    const taken = acceptChunk(assembly, { offset: chunk.offset, bytes: chunk.bytes });
    if (taken.outcome === "refused") throw new Error(`${taken.reason}: ${taken.detail}`);
    if (taken.outcome === "partial") continue;
    const decoded = decodeTensor(manifest, taken.bytes);
    if (!decoded.ok) throw new Error(`${decoded.reason}: ${decoded.detail}`);
    return decoded.values;
  }
  throw new Error(`expected ${manifest.bytes} bytes in chunks, got ${assembly.received}`);
}

function believe<Message>(decoded: Decoded<Message>): Message {
  if (!decoded.ok) throw new Error(`${decoded.reason}: ${decoded.detail}`);
  return decoded.message;
}
