/**
 * Opens the best TensorFlow.js backend that this machine has. A backend is loaded only when its turn comes, and trusted
 * only after it has reproduced known numbers.
 */
import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs-core";
import { prepareBackend, selfCheck } from "@tributary/model";
import { openWasm } from "@tributary/model/node";
import { reasonOf } from "@tributary/platform";
import type { BackendName } from "@tributary/protocol";
import type { Device, Opened } from "./opened.ts";
import { openTensorflow } from "./tensorflow.ts";
import { useBackend } from "./use-backend.ts";
import { openWebgpu } from "./webgpu.ts";

/** What an operator may ask for; `auto` is the best that opens. Node has no webgl. */
export type BackendPreference = "auto" | BackendName;

/** A backend that was tried and is not used. */
export type Refusal = { readonly name: BackendName; readonly reason: string };

/** No candidate opened: `refused` has each one's reason, in the order in which they were tried. */
export class NoBackend extends Error {
  readonly refused: readonly Refusal[];

  constructor(preference: BackendPreference, refused: readonly Refusal[]) {
    // No TensorFlow is one reason for its GPU and its CPU.
    const reasons = [...new Set(refused.map(({ name, reason }) => `${name}: ${reason}`))].join("; ");
    super(`no backend for ${JSON.stringify(preference)} (${reasons || "not one that Node has"})`);
    this.refused = refused;
  }
}

/** A backend that is open, checked, and the current one of `tf`. */
export type OpenBackend = {
  readonly name: BackendName;
  readonly device: Device;
  /** What it runs on, for people: the driver's words where there is one. */
  readonly adapter: string;
  /** The library that computes, and its version. */
  readonly library: string;
  /** Relative errors of the self-check. */
  readonly errors: Readonly<Record<string, number>>;
  /** Better backends that were tried first, and why not they. */
  readonly refused: readonly Refusal[];
  /** Frees the device. A process that has opened webgpu does not end by itself: exit explicitly. */
  close(): Promise<void>;
};

/** How a backend is opened. */
export type BackendOptions = {
  /** Threads for the wasm backend's ConvNets. Default: one per core. Several processes side by side do better with 1. */
  readonly threads?: number;
};

/** One way to get a backend. */
export type Candidate = {
  /** Tells the two of `tensorflow` apart. */
  readonly id: CandidateId;
  readonly name: BackendName;
  readonly open: () => Promise<Opened>;
};

/**
 * The candidates in the order in which a compute process tries them. On a CPU our own WebAssembly is faster than TensorFlow at all but
 * the widest networks, and needs less memory (docs/results.md).
 */
export const CANDIDATE_IDS = ["tensorflow-gpu", "webgpu", "wasm", "tensorflow", "cpu"] as const;
/** Names a candidate. TensorFlow has two, for a GPU and for the CPU. */
export type CandidateId = (typeof CANDIDATE_IDS)[number];

/**
 * Makes the preferred backend, or the first that can be trusted, the current one of `tf`:
 * tensorflow on a GPU, webgpu on a real adapter, wasm, tensorflow on the CPU, cpu.
 * A named backend is tried alone; a software adapter is then good enough. Throws `NoBackend` if none opens.
 */
export async function openBackend(
  preference: BackendPreference,
  options: BackendOptions = {},
): Promise<OpenBackend> {
  return await openFirst(candidates(preference, options), preference);
}

/** Makes the first candidate that opens and passes the self-check the current backend. Throws `NoBackend` if none does. */
export async function openFirst(
  candidates: readonly Candidate[],
  preference: BackendPreference,
): Promise<OpenBackend> {
  // Keeps TensorFlow.js from advertising other packages on stderr.
  tf.env().set("PROD", true);
  const refused: Refusal[] = [];
  for (const candidate of candidates) {
    const tried = await tryCandidate(candidate);
    if (tried.outcome === "opened") return { ...tried.backend, refused };
    refused.push({ name: candidate.name, reason: tried.reason });
  }
  throw new NoBackend(preference, refused);
}

type Tried =
  | { readonly outcome: "opened"; readonly backend: Omit<OpenBackend, "refused"> }
  | { readonly outcome: "refused"; readonly reason: string };

/** Opens one candidate and checks its numbers. A refused one is closed. */
async function tryCandidate({ name, open }: Candidate): Promise<Tried> {
  let opened: Opened | null = null;
  let reason: string;
  try {
    opened = await open();
    prepareBackend();
    const check = await selfCheck();
    if (check.ok) return { outcome: "opened", backend: trusted(name, opened, check.errors) };
    reason = check.reason;
  } catch (error) {
    reason = firstLine(error);
  }
  await closeRefused(opened);
  return { outcome: "refused", reason };
}

function trusted(name: BackendName, opened: Opened, errors: OpenBackend["errors"]) {
  const { device, adapter, library, close } = opened;
  return { name, device, adapter, library, errors, close: async () => await close?.() };
}

/** Closes a backend that was refused. Errors in closing are dropped: its reason is known, and the next is to be tried. */
async function closeRefused(opened: Opened | null): Promise<void> {
  try {
    await opened?.close?.();
  } catch {
    return;
  }
}

/** The candidates that the preference allows, best first. */
export function candidates(
  preference: BackendPreference,
  options: BackendOptions = {},
): readonly Candidate[] {
  const software = preference === "webgpu";
  const open: Readonly<Record<CandidateId, () => Promise<Opened>>> = {
    "tensorflow-gpu": () => openTensorflow("gpu"),
    webgpu: () => openWebgpu(software),
    tensorflow: () => openTensorflow("cpu"),
    wasm: () => openWasmBackend(options),
    cpu: openCpu,
  };
  const all = CANDIDATE_IDS.map((id) => ({ id, name: backendOf(id), open: open[id] }));
  return preference === "auto" ? all : all.filter(({ name }) => name === preference);
}

/** The TensorFlow.js backend of a candidate. */
export function backendOf(id: CandidateId): BackendName {
  return id === "tensorflow-gpu" ? "tensorflow" : id;
}

async function openWasmBackend(options: BackendOptions): Promise<Opened> {
  const { instructions, threads, close } = await openWasm(options);
  const adapter = `CPU, WebAssembly (${instructions}, ${threads} ${threads === 1 ? "thread" : "threads"})`;
  return { device: "cpu", adapter, library: libraryOf("@tensorflow/tfjs-backend-wasm"), close };
}

async function openCpu(): Promise<Opened> {
  await import("@tensorflow/tfjs-backend-cpu");
  await useBackend("cpu");
  const library = libraryOf("@tensorflow/tfjs-backend-cpu");
  return { device: "cpu", adapter: "CPU, plain JavaScript", library };
}

function libraryOf(packageName: string): string {
  const { version } = createRequire(import.meta.url)(`${packageName}/package.json`) as {
    readonly version: string;
  };
  return `${packageName} ${version}`;
}

function firstLine(error: unknown): string {
  const text = reasonOf(error);
  return text.split("\n", 1)[0] ?? text;
}
