/** Snapshots and updates as the frames that a socket would carry, and back, through the one codec. */
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
  type UpdateDtype,
} from "@tributary/protocol";

export type Frames = readonly Uint8Array[];

const CHUNK_BYTES = 256 * 1024;
const limits = { maxFrameBytes: CHUNK_BYTES + FRAME_OVERHEAD_BYTES };

export type OpenedRound = {
  readonly round: number;
  readonly snapshot: Hash;
  readonly parameters: Float32Array;
};

/** `round-opened`, then the snapshot's chunks. */
export function roundFrames(round: number, parameters: Float32Array): Frames {
  const { manifest, bytes } = encodeTensor(parameters, "float32");
  const opened = encodeServerMessage({ type: "round-opened", round, snapshot: manifest, deadlineInMs: 0 });
  const chunks = [...chunksFrom(bytes, 0, CHUNK_BYTES)].map((chunk) =>
    encodeServerMessage({ type: "snapshot-chunk", hash: manifest.hash, ...chunk }),
  );
  return [opened, ...chunks];
}

/** What a volunteer reads from `roundFrames`. Throws where a frame is not what it should be. */
export function readRound(frames: Frames): OpenedRound {
  const [opened, ...chunks] = frames.map((frame) => believe(decodeServerMessage(frame)));
  if (opened?.type !== "round-opened") throw new Error(`expected round-opened, got ${opened?.type}`);
  const parameters = assemble(opened.snapshot, chunks, "snapshot-chunk");
  return { round: opened.round, snapshot: opened.snapshot.hash, parameters };
}

export type Report = {
  readonly round: number;
  readonly snapshot: Hash;
  readonly examples: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly delta: Float32Array;
};

/** `update-offered`, then the chunks of the delta in `dtype`. */
export function updateFrames({ delta, ...offer }: Report, dtype: UpdateDtype): Frames {
  const { manifest, bytes } = encodeTensor(delta, dtype);
  const offered = encodeVolunteerMessage({
    type: "update-offered",
    ...offer,
    trainingMs: 0,
    tensor: manifest,
  });
  const chunks = [...chunksFrom(bytes, 0, CHUNK_BYTES)].map((chunk) =>
    encodeVolunteerMessage({ type: "update-chunk", round: offer.round, ...chunk }),
  );
  return [offered, ...chunks];
}

/** What the server reads from `updateFrames`. Throws where a frame is not what it should be. */
export function readUpdate(frames: Frames): Report {
  const [offered, ...chunks] = frames.map((frame) => believe(decodeVolunteerMessage(frame, limits)));
  if (offered?.type !== "update-offered") throw new Error(`expected update-offered, got ${offered?.type}`);
  const { round, snapshot, examples, loss, accuracy } = offered;
  const delta = assemble(offered.tensor, chunks, "update-chunk");
  return { round, snapshot, examples, loss, accuracy, delta };
}

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
