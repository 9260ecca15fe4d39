/**
 * A synthesis state as bytes: "TSYN", version (u32), length of a JSON header (u32), the header padded with spaces to
 * a multiple of 8, then the vectors, all little-endian. Doubles are float64 bytes, never text, so that a resumed
 * synthesis goes on bit for bit.
 */
import type { RngState } from "../rng.ts";
import type { MatchState } from "./match-state.ts";
import type { SynthesisState } from "./synthesis-state.ts";
import { syntheticSetOf } from "./synthesis-state.ts";
import type { SyntheticSet } from "./synthetic-set.ts";

/** The bytes of a checkpoint. They mean nothing outside this file. */
export type SynthesisCheckpoint = Uint8Array;

const MAGIC = 0x4e595354; // "TSYN", little-endian
const VERSION = 4;
const PREAMBLE_BYTES = 12;

type Header = {
  readonly iteration: number;
  readonly rng: RngState;
  readonly imagesPerClass: number;
  /** The shape of one image or row. */
  readonly input: readonly number[];
  readonly classes: number;
  /** Decay of the moving averages that follow; 0 where there are none. */
  readonly imageAverage: number;
  /** The lengths of what an iteration under way has so far; null between two iterations. */
  readonly match: MatchLengths | null;
};

/** Parameters, steps walked, and steps differentiated: `back` is null until the way back has begun. */
type MatchLengths = { readonly parameters: number; readonly path: number; readonly back: number | null };

/** A state as bytes; `decodeCheckpoint` gives it back bit for bit. */
export function encodeCheckpoint(state: SynthesisState): SynthesisCheckpoint {
  const { iteration, rng, imagesPerClass, input, classes, inputs, labelLogits, innerStep, averages } = state;
  const imageAverage = averages?.decay ?? 0;
  const match = state.match && lengthsOf(state.match);
  const header: Header = { iteration, rng, imagesPerClass, input, classes, imageAverage, match };
  const json = asciiBytes(padded(JSON.stringify(header)));
  const { losses = [], path = [], back = null } = state.match ?? {};
  const lists = [state.distances, losses, back?.slopes ?? []].map((values) => Float64Array.from(values));
  const doubles = [innerStep.values, innerStep.first, innerStep.second, ...lists];
  const learned = [inputs, labelLogits].flatMap(({ values, first, second }) => [values, first, second]);
  const floats = averages === null ? learned : [...learned, averages.inputs, averages.labelLogits];
  const walked = back === null ? path : [...path, back.lambda, back.labels, ...back.inputs];
  const parts = [json, ...doubles, ...floats, ...walked].map(littleEndianBytes);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, PREAMBLE_BYTES));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, json.length, true);
  let offset = PREAMBLE_BYTES;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** The state in a checkpoint. Throws, quoting what is wrong, on bytes that `encodeCheckpoint` did not make. */
export function decodeCheckpoint(checkpoint: SynthesisCheckpoint): SynthesisState {
  const { header, start } = readHeader(checkpoint);
  const { imageAverage: decay, match, ...rest } = header;
  const { inputValues, labelValues } = valuesOf(header);
  const expected = start + bytesAfter(header);
  if (checkpoint.byteLength !== expected) {
    throw new Error(`expected a checkpoint of ${expected} bytes, got ${checkpoint.byteLength}`);
  }
  const { doubles, floats } = createReader(checkpoint, start);
  const innerStep = { values: doubles(1), first: doubles(1), second: doubles(1) };
  const distances = [...doubles(header.iteration)];
  const losses = [...doubles(match?.path ?? 0)];
  const slopes = [...doubles(match?.back ?? 0)];
  const learned = (n: number) => ({ values: floats(n), first: floats(n), second: floats(n) });
  return {
    ...rest,
    innerStep,
    distances,
    inputs: learned(inputValues),
    labelLogits: learned(labelValues),
    averages: decay === 0 ? null : { decay, inputs: floats(inputValues), labelLogits: floats(labelValues) },
    match: match && readMatch(header, match, { losses, slopes }, floats),
  };
}

/** Why no synthesis can go on from a checkpoint (it is cut, damaged, or of another version); null where one can. */
export function checkpointProblem(checkpoint: SynthesisCheckpoint): string | null {
  try {
    decodeCheckpoint(checkpoint);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function readHeader(checkpoint: SynthesisCheckpoint): { readonly header: Header; readonly start: number } {
  const view = viewOf(checkpoint);
  if (view.byteLength < PREAMBLE_BYTES || view.getUint32(0, true) !== MAGIC) {
    throw new Error(`expected a synthesis checkpoint, got ${view.byteLength} other bytes`);
  }
  if (view.getUint32(4, true) !== VERSION) {
    throw new Error(`expected checkpoint version ${VERSION}, got ${view.getUint32(4, true)}`);
  }
  const headerBytes = view.getUint32(8, true);
  const start = PREAMBLE_BYTES + headerBytes;
  if (start > view.byteLength) throw new Error(`checkpoint ends inside its header of ${headerBytes} bytes`);
  try {
    const text = String.fromCharCode(...checkpoint.subarray(PREAMBLE_BYTES, start));
    return { header: JSON.parse(text) as Header, start };
  } catch (cause) {
    throw new Error(`the checkpoint's header is damaged: ${String(cause)}`, { cause });
  }
}

function valuesOf({ imagesPerClass, input, classes }: Header) {
  const count = imagesPerClass * classes;
  return {
    inputValues: input.reduce((product, side) => product * side, count),
    labelValues: count * classes,
  };
}

/** Bytes that follow a header. */
function bytesAfter(header: Header): number {
  const { inputValues, labelValues } = valuesOf(header);
  const { parameters, path, back } = header.match ?? { parameters: 0, path: 0, back: null };
  const vectors = header.imageAverage === 0 ? 3 : 4;
  const backValues = back === null ? 0 : parameters + labelValues + back * inputValues;
  const doubles = 3 + header.iteration + path + (back ?? 0);
  return 8 * doubles + 4 * (vectors * (inputValues + labelValues) + path * parameters + backValues);
}

/** The iteration under way, whose float32 vectors come last. */
function readMatch(
  header: Header,
  { parameters, path, back }: MatchLengths,
  { losses, slopes }: { readonly losses: readonly number[]; readonly slopes: readonly number[] },
  floats: (count: number) => Float32Array,
): MatchState {
  const { inputValues, labelValues } = valuesOf(header);
  const several = (n: number, length: number) => Array.from({ length: n }, () => floats(length));
  return {
    losses,
    path: several(path, parameters),
    back:
      back === null
        ? null
        : {
            slopes,
            lambda: floats(parameters),
            labels: floats(labelValues),
            inputs: several(back, inputValues),
          },
  };
}

function lengthsOf({ path, back }: MatchState): MatchLengths {
  return { parameters: path[0]?.length ?? 0, path: path.length, back: back?.slopes.length ?? null };
}

/** What a checkpoint has learned so far: the set, iterations done, and D of each. Throws as `decodeCheckpoint` does. */
export function syntheticSetFromCheckpoint(checkpoint: SynthesisCheckpoint): {
  readonly set: SyntheticSet;
  readonly iteration: number;
  readonly distances: readonly number[];
} {
  const state = decodeCheckpoint(checkpoint);
  return { set: syntheticSetOf(state), iteration: state.iteration, distances: state.distances };
}

function padded(text: string): string {
  return text.padEnd(Math.ceil(text.length / 8) * 8, " ");
}

function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** DataView fixes the byte order, whatever the platform's is. */
function littleEndianBytes(values: Uint8Array | Float32Array | Float64Array): Uint8Array {
  if (values instanceof Uint8Array) return values;
  const bytes = new Uint8Array(values.byteLength);
  const view = new DataView(bytes.buffer);
  const size = values.BYTES_PER_ELEMENT;
  values.forEach((value, i) => {
    if (size === 8) view.setFloat64(8 * i, value, true);
    else view.setFloat32(4 * i, value, true);
  });
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function createReader(bytes: Uint8Array, start: number) {
  const view = viewOf(bytes);
  let offset = start;
  return {
    doubles(count: number): Float64Array {
      const at = offset;
      offset += 8 * count;
      return Float64Array.from({ length: count }, (_, i) => view.getFloat64(at + 8 * i, true));
    },
    floats(count: number): Float32Array {
      const at = offset;
      offset += 4 * count;
      return Float32Array.from({ length: count }, (_, i) => view.getFloat32(at + 4 * i, true));
    },
  };
}
