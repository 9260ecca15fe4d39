/**
 * What a worker thread of the kernels runs; helpers.ts starts it by its URL, from the sources and from the compiled
 * package alike. The thread sleeps until the word `call` changes, takes the newest buffer, computes its share, and
 * counts itself finished, whether it failed or not. The calling thread takes a share too: where the other groups are
 * fewer than the worker threads, the last threads have no work and lay out no network.
 */
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { computeShare, WORD } from "../share.js";

/** @type {import("./helpers.ts").ThreadData} */
const { number, compiled, control, message, port } = workerData;

process.on("exit", (code) => finish(-1 - number, `ended with exit code ${code}`));
serve();

/** Serves calls for as long as the thread lives. */
function serve() {
  const instance = instantiate();
  const laid = { shape: "", tangents: 0 };
  /** @type {ArrayBufferLike} */
  let buffer = new ArrayBuffer(0);
  let call = 0;
  port.postMessage("ready");
  while (true) {
    Atomics.wait(control, WORD.call, call);
    call = Atomics.load(control, WORD.call);
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      buffer = next.message;
    }
    try {
      if (hasWork()) computeShare(instance, laid, control, buffer);
      finish(0, "");
    } catch (error) {
      finish(1 + number, error instanceof Error ? error.message : String(error));
    }
  }
}

/** Whether the call has a group for this thread, were each thread to take one. */
function hasWork() {
  const [images, groupSize] = [Atomics.load(control, WORD.images), Atomics.load(control, WORD.groupSize)];
  return number + 1 < Math.ceil(images / groupSize);
}

/**
 * Counts this thread finished.
 *
 * @param {number} failed what the word `failed` becomes; 0 where the thread did not fail
 * @param {string} text what it failed with
 */
function finish(failed, text) {
  if (failed !== 0) {
    message.fill(0);
    new TextEncoder().encodeInto(text, message);
    Atomics.store(control, WORD.failed, failed);
  }
  Atomics.add(control, WORD.finished, 1);
  Atomics.notify(control, WORD.finished);
}

/** @returns {import("../instance.ts").KernelInstance} */
function instantiate() {
  /** @type {import("./web-assembly.ts").WebAssemblyGlobal} */
  const WebAssembly = Reflect.get(globalThis, "WebAssembly");
  return /** @type {import("../instance.ts").KernelInstance} */ (
    new WebAssembly.Instance(compiled, {}).exports
  );
}
