/**
 * Worker threads that wait for calls. Each has its own instance and memory; arguments and results lie in one shared
 * buffer. The calling thread blocks until all threads have finished, so that nothing touches a call's arrays after it.
 */
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { Helpers } from "../kernels.ts";
import { WORD } from "../share.js";
import type { KernelModule } from "./web-assembly.ts";

/** Bytes of a failed thread's message. */
const MESSAGE_BYTES = 1024;

/** A call in which no thread has finished an image for this long has hung: a plan's largest call takes some minutes. */
const STALL_MS = 900_000;

/** The file that a thread runs: the same place beside this one in the sources and in the compiled package. */
const WORKER = new URL("./kernel-worker.js", import.meta.url);

/** What a thread is started with. */
export type ThreadData = {
  /** From 0. */
  readonly number: number;
  /** The WebAssembly module. */
  readonly compiled: object;
  /** The words of `WORD`, shared by all threads. */
  readonly control: Int32Array<SharedArrayBuffer>;
  /** What a thread failed with, in UTF-8, zeros after it; shared by all threads. */
  readonly message: Uint8Array<SharedArrayBuffer>;
  /** Brings the buffers that calls lie in. The thread says on it that it is ready. */
  readonly port: MessagePort;
};

/**
 * Starts `count` threads; resolves when all wait for calls, and rejects with the error of one that does not start.
 * `worker` is the file that they run. A call in which they finish no image for `stallMs` is given up.
 */
export async function startHelpers(
  module: KernelModule,
  count: number,
  worker: URL = WORKER,
  stallMs = STALL_MS,
): Promise<Helpers> {
  const control = new Int32Array(new SharedArrayBuffer(4 * Object.keys(WORD).length));
  const message = new Uint8Array(new SharedArrayBuffer(MESSAGE_BYTES));
  const shared = { compiled: module.compiled, control, message };
  const starting = Array.from({ length: count }, (_, number) => startThread(worker, { ...shared, number }));
  const threads = await allOrNone(starting);
  Atomics.store(control, WORD.finished, count);
  return helpersOf(threads, control, message, stallMs);
}

type Thread = { readonly worker: Worker; readonly port: MessagePort };

function helpersOf(
  threads: readonly Thread[],
  control: Int32Array,
  message: Uint8Array,
  stallMs: number,
): Helpers {
  const count = threads.length;
  return {
    count,
    control,
    requireReady() {
      requireNoFailure(control, message);
      const busy = count - Atomics.load(control, WORD.finished);
      if (busy > 0)
        throw new Error(`${busy} of ${count} kernel threads are still busy with a call that was given up`);
    },
    allocate(bytes) {
      const buffer = new SharedArrayBuffer(bytes);
      for (const { port } of threads) port.postMessage(buffer);
      return buffer;
    },
    start() {
      Atomics.store(control, WORD.finished, 0);
      Atomics.add(control, WORD.call, 1);
      Atomics.notify(control, WORD.call);
    },
    join() {
      waitForAll(control, count, stallMs);
      requireNoFailure(control, message);
    },
    close: () => end(threads),
  };
}

/** All threads, or, where one fails to start, its error and no thread. */
async function allOrNone(starting: readonly Promise<Thread>[]): Promise<readonly Thread[]> {
  try {
    return await Promise.all(starting);
  } catch (error) {
    const settled = await Promise.allSettled(starting);
    await end(settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
    throw error;
  }
}

async function end(threads: readonly Thread[]): Promise<void> {
  for (const { port } of threads) port.close();
  await Promise.all(threads.map(({ worker }) => worker.terminate()));
}

/** One thread, ready for calls. It does not keep the process alive. */
function startThread(file: URL, data: Omit<ThreadData, "port">): Promise<Thread> {
  const { port1: port, port2 } = new MessageChannel();
  const workerData: ThreadData = { ...data, port: port2 };
  const worker = new Worker(file, { execArgv: [], workerData, transferList: [port2] });
  return new Promise((resolve, reject) => {
    // These stay for the thread's life: the next call reports what ended a thread, not an uncaught error.
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`a kernel thread ended with exit code ${code}`)));
    port.once("message", () => {
      worker.unref();
      port.unref();
      resolve({ worker, port });
    });
  });
}

function waitForAll(control: Int32Array, count: number, stallMs: number): void {
  let progress = Atomics.load(control, WORD.progress);
  for (let done = Atomics.load(control, WORD.finished); done < count; ) {
    const woken = Atomics.wait(control, WORD.finished, done, stallMs);
    const reached = Atomics.load(control, WORD.progress);
    if (woken === "timed-out" && reached === progress) {
      throw new Error(`${count - done} of ${count} kernel threads have done nothing for ${stallMs} ms`);
    }
    progress = reached;
    done = Atomics.load(control, WORD.finished);
  }
}

/** Throws what a thread has failed with. A thread that still lives may serve the next call. */
function requireNoFailure(control: Int32Array, message: Uint8Array): void {
  const failed = Atomics.load(control, WORD.failed);
  if (failed === 0) return;
  if (failed > 0) Atomics.store(control, WORD.failed, 0);
  const text = new TextDecoder().decode(message.slice()).replace(/\0+$/, "");
  throw new Error(`kernel thread ${Math.abs(failed)}: ${text}`);
}
