/** Performs what the session asks for: one function for each effect, none of which decides anything. */
import type { EffectOf, SessionEffect } from "../session/events.ts";
import type { FinishedUpdate } from "../training/finished-update.ts";
import type { StartVolunteerOptions, VolunteerDeps } from "../types.ts";
import {
  type Connection,
  closeSocket,
  endUpload,
  openSocket,
  sendMessage,
  sendUpdate,
} from "./connection.ts";
import type { Dispatch } from "./event-loop.ts";
import { createSessionStorage, type SessionStorage } from "./session-storage.ts";
import { beginDownload, createTensorDownload, keepChunk, type TensorDownload } from "./tensor-download.ts";
import {
  abortTraining,
  createTrainingRunner,
  disposeTrainer,
  startTraining,
  type TrainingRunner,
} from "./training-runner.ts";

/** Everything that a running volunteer owns besides its session's state. */
export type Shell = {
  readonly deps: VolunteerDeps;
  readonly dispatch: Dispatch;
  readonly storage: SessionStorage;
  readonly connection: Connection;
  readonly download: TensorDownload;
  readonly training: TrainingRunner;
  /** The finished update whose offer the session holds. */
  held: FinishedUpdate | null;
  cancelTimer: () => void;
  /** Resolves when the trainer is disposed of, if that was asked for. */
  disposed: Promise<void>;
};

/** A shell without a connection, a download or a training. */
export function createShell({ url, run, deps }: StartVolunteerOptions, dispatch: Dispatch): Shell {
  return {
    deps,
    dispatch,
    storage: createSessionStorage(deps.store, run),
    connection: { url, deps, dispatch, open: null },
    download: createTensorDownload(dispatch),
    training: createTrainingRunner(deps.trainer, deps.now, dispatch),
    held: null,
    cancelTimer: () => undefined,
    disposed: Promise.resolve(),
  };
}

/** Reads what the last visit left, and reports it as `loaded`. */
export async function load(shell: Shell): Promise<void> {
  const { resumeToken, update } = await shell.storage.load();
  shell.held = update;
  shell.dispatch({ type: "loaded", resumeToken, offer: update?.offer ?? null });
}

/** Performs one effect. `bytes` are those of the event that led to it, if it came with some. */
export function perform(shell: Shell, effect: SessionEffect, bytes: Uint8Array | null): void {
  switch (effect.type) {
    case "open-socket":
      openSocket(shell.connection, effect.connection);
      break;
    case "close-socket":
      closeSocket(shell.connection, effect.code, effect.reason);
      break;
    case "send":
      sendMessage(shell.connection, effect.message);
      break;
    case "arm-timer":
      armTimer(shell, effect);
      break;
    case "disarm-timer":
      shell.cancelTimer();
      break;
    case "save-identity":
      shell.storage.saveIdentity(effect.resumeToken);
      break;
    case "begin-download":
      beginDownload(shell.download, effect.part, effect.tensor);
      break;
    case "keep-chunk":
      keepChunk(shell.download, effect.offset, required(bytes, effect));
      break;
    case "start-training":
      trainRound(shell, effect);
      break;
    case "abort-training":
      abortTraining(shell.training);
      break;
    case "persist-update":
      persistUpdate(shell, effect, required(bytes, effect));
      break;
    case "forget-update":
      forgetUpdate(shell, effect);
      break;
    case "send-update":
      sendHeld(shell, effect);
      break;
    case "dispose-trainer":
      disposeOfTrainer(shell);
      break;
    default:
      effect satisfies never;
  }
}

function armTimer(shell: Shell, { timer, ms }: EffectOf<"arm-timer">): void {
  shell.cancelTimer();
  shell.cancelTimer = shell.deps.after(ms, () => shell.dispatch({ type: "timer-fired", timer }));
}

function trainRound({ training, download }: Shell, effect: EffectOf<"start-training">): void {
  const { snapshot, control } = download.latest;
  startTraining(training, effect, { snapshot, control: effect.control === null ? null : control });
}

function persistUpdate(shell: Shell, { offer }: EffectOf<"persist-update">, bytes: Uint8Array): void {
  shell.held = { offer, bytes };
  const { hash } = offer.tensor;
  void shell.storage.saveUpdate(shell.held).then(() => shell.dispatch({ type: "update-kept", hash }));
}

function forgetUpdate(shell: Shell, { round, counted }: EffectOf<"forget-update">): void {
  endUpload(shell.connection);
  shell.held = null;
  shell.storage.forgetUpdate(shell.deps.trainer.settle(round, counted));
}

function sendHeld({ connection, held }: Shell, effect: EffectOf<"send-update">): void {
  if (held !== null) sendUpdate(connection, held, effect);
}

function disposeOfTrainer(shell: Shell): void {
  shell.disposed = disposeTrainer(shell.training);
  // `stop` reports a failure. Where nobody called it, the failure must not count as unhandled.
  shell.disposed.catch(() => undefined);
}

/** The session asks for such an effect only after an event that comes with bytes. */
function required(bytes: Uint8Array | null, { type }: SessionEffect): Uint8Array {
  if (bytes === null) throw new Error(`expected bytes for the effect "${type}", got none`);
  return bytes;
}
