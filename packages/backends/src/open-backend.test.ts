import { resolve } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { tensorflowFolder } from "./config.ts";
import { backendOf, type Candidate, candidates, openBackend, openFirst } from "./open-backend.ts";
import { isSoftware } from "./webgpu.ts";

test("[N16] a backend asked for by name is opened and checked", async () => {
  for (const name of ["cpu", "wasm"] as const) {
    const backend = await openBackend(name);
    expect(backend).toMatchObject({ name, device: "cpu", refused: [] });
    expect(backend.library).toMatch(/^@tensorflow\/tfjs-backend-[a-z]+ \d+\.\d+\.\d+/);
    expect(tf.getBackend()).toBe(name);
    await backend.close();
  }
});

test("[N16] a backend that cannot be had is refused with the reason", async () => {
  await expect(openBackend("webgl")).rejects.toThrow('no backend for "webgl" (not one that Node has)');
});

test("[B7] a GPU comes first, then WebGPU, WebAssembly and TensorFlow on the CPU, and plain JavaScript last", () => {
  expect(candidates("auto").map(({ id }) => id)).toEqual([
    "tensorflow-gpu",
    "webgpu",
    "wasm",
    "tensorflow",
    "cpu",
  ]);
  expect(candidates("tensorflow").map(({ id }) => id)).toEqual(["tensorflow-gpu", "tensorflow"]);
});

test("[B8] a backend whose kernels are wrong is refused with the numbers, and the next is taken", async () => {
  const [cpu] = candidates("cpu") as [Candidate];
  const broken: Candidate = {
    id: "webgpu",
    name: "webgpu",
    async open() {
      const opened = await cpu.open();
      registerTransposed("transposed");
      await tf.setBackend("transposed");
      return opened;
    },
  };
  const throwing: Candidate = {
    ...broken,
    open: () => Promise.reject(new Error("no adapter\nand a second line")),
  };
  const backend = await openFirst([throwing, broken, cpu], "auto");
  expect(backend.name).toBe("cpu");
  expect(tf.getBackend()).toBe("cpu");
  expect(backend.refused).toHaveLength(2);
  expect(backend.refused[0]).toEqual({ name: "webgpu", reason: "no adapter" });
  expect(backend.refused[1]?.reason).toMatch(/^it is off on known numbers: .*\d/);
  await backend.close();
  await expect(openFirst([broken], "webgpu")).rejects.toThrow("webgpu: it is off on known numbers");
});

test("[B8] a backend that is refused is closed, whether its numbers are wrong or it breaks on the way, in closing too", async () => {
  const [cpu] = candidates("cpu") as [Candidate];
  const closed: string[] = [];
  const refused = (backend: string): Candidate => ({
    ...cpu,
    async open() {
      const close = () => {
        closed.push(backend);
        throw new Error("it does not even close");
      };
      registerTransposed("transposed");
      if (tf.findBackendFactory("broken") === null) tf.registerBackend("broken", () => tf.findBackend("cpu"));
      await tf.setBackend(backend);
      return { device: "cpu", adapter: "", library: "", close };
    },
  });
  const backend = await openFirst([refused("transposed"), refused("broken"), cpu], "auto");
  // Kernels that are not there at all.
  expect(backend.refused[1]?.reason).toMatch(/not registered for the backend|Kernel/);
  expect(closed).toEqual(["transposed", "broken"]);
});

test("[B14] where no backend opens, a reason that two share is said once, and each other one too", async () => {
  const candidate = (id: Candidate["id"], reason: string): Candidate => ({
    id,
    name: backendOf(id),
    open: () => Promise.reject(new Error(reason)),
  });
  const [gpu, cpu] = [candidate("tensorflow-gpu", "not installed"), candidate("tensorflow", "not installed")];
  await expect(openFirst([gpu, candidate("wasm", "not installed"), cpu], "auto")).rejects.toThrow(
    'no backend for "auto" (tensorflow: not installed; wasm: not installed)',
  );
  await expect(openFirst([candidate("tensorflow-gpu", "no GPU"), cpu], "tensorflow")).rejects.toThrow(
    'no backend for "tensorflow" (tensorflow: no GPU; tensorflow: not installed)',
  );
  await expect(openFirst([gpu, cpu], "tensorflow")).rejects.toMatchObject({
    refused: [
      { name: "tensorflow", reason: "not installed" },
      { name: "tensorflow", reason: "not installed" },
    ],
  });
});

test("[B11] the folder of an installation is absolute, whatever the operator has written", () => {
  expect(tensorflowFolder({ TRIBUTARY_TENSORFLOW: "mine" })).toBe(resolve("mine"));
  expect(tensorflowFolder({ TRIBUTARY_HOME: "home" })).toBe(resolve("home/tensorflow"));
});

/** The kernels of `cpu`, but for a convolution that swaps the sides of its kernel, as a wrong transpose would. */
function registerTransposed(name: string): void {
  if (tf.findBackendFactory(name) !== null) return;
  tf.registerBackend(name, () => tf.findBackend("cpu"));
  for (const config of tf.getKernelsForBackend("cpu")) {
    const kernelFunc: tf.KernelFunc = (call) => {
      if (config.kernelName !== "Conv2D") return config.kernelFunc(call);
      const filter = call.inputs.filter as tf.Tensor4D;
      const turned = tf.transpose(filter, [1, 0, 2, 3]);
      return config.kernelFunc({ ...call, inputs: { ...call.inputs, filter: turned } });
    };
    tf.registerKernel({ ...config, backendName: name, kernelFunc });
  }
}

test("[B9] adapters that compute on the CPU are told from real ones", () => {
  for (const words of ["google, swiftshader, SwiftShader driver 5.0.0", "mesa, llvmpipe (LLVM 15.0.6)"]) {
    expect(isSoftware(words)).toBe(true);
  }
  for (const words of ["nvidia, hopper, NVIDIA H100 80GB HBM3", "intel, gen-12lp", "amd, rdna-3"]) {
    expect(isSoftware(words)).toBe(false);
  }
});
