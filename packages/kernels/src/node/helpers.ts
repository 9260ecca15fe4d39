/**
 * Worker threads that wait for calls. Each has an instance and a memory of its own; arguments and results lie in one
 * shared buffer. The calling thread blocks until all have finished, so that nothing of a call is touched after it.
 */
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { Helpers } from "../kernels.ts";
import { computeShare, WORD } from "../share.ts";
import type { Module } from "./web-assembly.ts";

/** Bytes of a failed thread's message. */
const MESSAGE_BYTES = 1024;

/** A call in which no thread has finished an image for this long has hung: the largest of a plan takes some minutes. */
const STALL_MS = 900_000;

/**
 * What a worker runs; `computeShare` and the rest come with `workerData`. It sleeps until `call` changes, takes in the
 * newest buffer, computes, and counts itself finished, failed or not. The calling thread takes part too: where the
 * other groups are fewer than the helpers, the last ones have no work, and lay out no network.
 */
const PROGRAM = `
const { workerData, receiveMessageOnPort } = process.getBuiltinModule("node:worker_threads");
const { number, compiled, word, control, message, port } = workerData;
const computeShare = ${computeShare.toString()};
const finish = (failed, error) => {
  if (failed !== 0) {
    message.fill(0);
    new TextEncoder().encodeInto(String(error instanceof Error ? error.message : error), message);
    Atomics.store(control, word.failed, failed);
  }
  Atomics.add(control, word.finished, 1);
  Atomics.notify(control, word.finished);
};
process.on("exit", (code) => finish(-1 - number, "ended with exit code " + code));
const instance = new WebAssembly.Instance(compiled, {}).exports;
const laid = { shape: "", tangents: 0 };
let buffer = new ArrayBuffer(0);
let call = 0;
port.postMessage("ready");
while (true) {
  Atomics.wait(control, word.call, call);
  call = Atomics.load(control, word.call);
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    buffer = next.message;
  }
  const groups = Math.ceil(control[word.images] / control[word.groupSize]);
  try {
    if (number + 1 < groups) computeShare(instance, laid, word, control, buffer);
    finish(0);
  } catch (error) {
    finish(1 + number, error);
  }
}
`;

/** Starts `count` threads that run `program`; resolves when all wait for calls. */
export async function startHelpers(
  module: Module,
  count: number,
  program = PROGRAM,
  stallMs = STALL_MS,
): Promise<Helpers> {
  const control = new Int32Array(new SharedArrayBuffer(4 * Object.keys(WORD).length));
  const message = new Uint8Array(new SharedArrayBuffer(MESSAGE_BYTES));
  const shared = { compiled: module.compiled, word: WORD, control, message };
  const starting = Array.from({ length: count }, (_, number) => startThread(program, { ...shared, number }));
  const threads = await allOrNone(starting);
  Atomics.store(control, WORD.finished, count);

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

type Thread = { readonly worker: Worker; readonly port: MessagePort };

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
function startThread(program: string, data: object): Promise<Thread> {
  const { port1: port, port2 } = new MessageChannel();
  const options = { eval: true, execArgv: [], workerData: { ...data, port: port2 }, transferList: [port2] };
  const worker = new Worker(program, options);
  return new Promise((resolve, reject) => {
    // Stays for the thread's life: what ends a thread later is told by the next call, not by an uncaught error.
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
