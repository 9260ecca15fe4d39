import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { createKernels } from "../kernels.ts";
import { type ConvNetShape, parameterCount } from "../shape.ts";
import { WORD } from "../share.js";
import { startHelpers } from "./helpers.ts";
import { openKernels } from "./open-kernels.ts";
import { compileModule, instantiate } from "./web-assembly.ts";

const shape: ConvNetShape = {
  height: 12,
  width: 9,
  channels: 3,
  filters: 12,
  depth: 2,
  classes: 5,
  firstPadding: 1,
};
const wave = (length: number, step: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(step * i * i + i));
const [theta, direction] = [wave(parameterCount(shape), 0.37), wave(parameterCount(shape), 0.11)];
const arguments_ = (count: number) =>
  [wave(count * 12 * 9 * 3, 0.23), wave(count * 5, 0.71).map((value) => value + 1)] as const;

test("[K4] one, two and three threads give the same bits, call after call", async () => {
  const opened = await Promise.all([1, 2, 3].map((threads) => openKernels({ threads })));
  try {
    expect(opened.map(({ threads }) => threads)).toEqual([1, 2, 3]);
    for (const count of [1, 7, 70, 3]) {
      const [images, labels] = arguments_(count);
      const [first, ...others] = opened.map((kernels) => ({
        logits: kernels.logits(shape, theta, images),
        gradient: kernels.gradient(shape, theta, images, labels),
        tangent: kernels.tangent(shape, theta, direction, images, labels),
      }));
      for (const other of others) expect(other).toEqual(first);
    }
  } finally {
    await Promise.all(opened.map((kernels) => kernels.close()));
  }
});

test("[K5] closed kernels refuse calls, and an invalid number of threads is refused", async () => {
  const kernels = await openKernels({ threads: 2 });
  await kernels.close();
  expect(() => kernels.logits(shape, theta, arguments_(1)[0])).toThrow("the kernels are closed");
  await expect(openKernels({ threads: 0 })).rejects.toThrow("expected 1 to 64 threads, got 0");
});

/** A module with this text, to be run instead of the real worker. */
function workerOf(program: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(program)}`);
}

/** Kernels with one helper that runs `program`. */
async function withHelper(program: string) {
  const module = compileModule();
  const helpers = await startHelpers(module, 1, workerOf(program));
  return createKernels(instantiate(module), module.instructions, helpers);
}

const waiting = `
import { workerData } from "node:worker_threads";
const { control, message, port } = workerData;
port.postMessage("ready");
Atomics.wait(control, ${WORD.call}, 0);
`;
const finish = (failed: number, text: string) => `
new TextEncoder().encodeInto(${JSON.stringify(text)}, message);
Atomics.store(control, ${WORD.failed}, ${failed});
Atomics.add(control, ${WORD.finished}, 1);
Atomics.notify(control, ${WORD.finished});
`;

test("[K5] what a thread fails with is thrown by the call, and a thread that has ended ends the kernels", async () => {
  const [images] = arguments_(2);
  const kernels = await withHelper(`${waiting}${finish(-1, "ended with exit code 7")}process.exit(7);`);
  expect(() => kernels.logits(shape, theta, images)).toThrow("kernel thread 1: ended with exit code 7");
  expect(() => kernels.logits(shape, theta, images)).toThrow("kernel thread 1: ended with exit code 7");
  await kernels.close();

  const once = await withHelper(
    `${waiting}${finish(1, "no memory")}Atomics.wait(control, ${WORD.call}, 1);${finish(0, "")}`,
  );
  expect(() => once.logits(shape, theta, images)).toThrow("kernel thread 1: no memory");
  expect(once.logits(shape, theta, images)).toHaveLength(2 * shape.classes);
  await once.close();

  await expect(withHelper('throw new Error("broken from the start")')).rejects.toThrow(
    "broken from the start",
  );
});

/** Hangs in its first call until `progress` is negative; the calls after it take no time. */
const hanging = `
${waiting}
const pause = new Int32Array(new SharedArrayBuffer(4));
while (Atomics.load(control, ${WORD.progress}) >= 0) Atomics.wait(pause, 0, 0, 5);
for (let call = 1; true; call = Atomics.load(control, ${WORD.call})) {
  ${finish(0, "")}
  Atomics.wait(control, ${WORD.call}, call);
}
`;

test("[K5] a call whose thread hangs is given up, and the next is refused until that thread has finished", async () => {
  const module = compileModule();
  const helpers = await startHelpers(module, 1, workerOf(hanging), 50);
  const kernels = createKernels(instantiate(module), module.instructions, helpers);
  const [images] = arguments_(2);
  expect(() => kernels.logits(shape, theta, images)).toThrow(
    "1 of 1 kernel threads have done nothing for 50 ms",
  );
  expect(() => kernels.logits(shape, theta, images)).toThrow(
    "1 of 1 kernel threads are still busy with a call that was given up",
  );
  Atomics.store(helpers.control, WORD.progress, -1000);
  const logits = await vi.waitFor(() => kernels.logits(shape, theta, images), { timeout: 20_000 });
  expect(logits).toHaveLength(2 * shape.classes);
  await kernels.close();
});

test("[K6] compiling the sources again gives the checked-in bytes", { timeout: 240_000 }, () => {
  const packageRoot = fileURLToPath(new URL("../..", import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "kernels-"));
  try {
    execFileSync(process.execPath, [join(packageRoot, "scripts/build.mjs"), folder]);
    for (const name of ["kernels.wasm", "kernels-relaxed.wasm"]) {
      expect(readFileSync(join(folder, name)).equals(readFileSync(join(packageRoot, "wasm", name)))).toBe(
        true,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
