/** The built parity command on backends whose native libraries need a process of their own. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readInstalled, tensorflowFolder } from "@tributary/backends";
import { places } from "@tributary/platform";
import { expect, test } from "vitest";

const parity = fileURLToPath(new URL("../../dist/commands/parity.js", import.meta.url));
/** SwiftShader needs a minute for the larger ones. */
const smallVectors = ["meta-gradient-8x8x3", "meta-gradient-13x11x3", "augment-8x8x3"].map((name) =>
  join(places.parityFiles, `${name}.json`),
);
const swiftshader = "/usr/lib/chromium/vk_swiftshader_icd.json";
const vulkan = ["x86_64", "aarch64"].map((machine) => `/usr/lib/${machine}-linux-gnu/libvulkan.so.1`);

test("[B11] a folder that holds no installation is named in the refusal", async () => {
  const args = [parity, "--backend", "tensorflow"];
  const env = { ...process.env, TRIBUTARY_TENSORFLOW: "/nowhere/tensorflow" };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env }).catch(
    (error: { readonly stdout: string }) => error,
  );
  expect(stdout).toContain("not installed in /nowhere/tensorflow (npm run install:tensorflow)");
});

test.skipIf(!existsSync(swiftshader) || !vulkan.some(existsSync))(
  "[B10] webgpu gives the known numbers on SwiftShader (needs Debian's chromium and libvulkan1)",
  async () => {
    const lines = await parityLines("webgpu", { VK_ICD_FILENAMES: swiftshader }, smallVectors);
    expect(lines).toHaveLength(smallVectors.length);
  },
  300_000,
);

test.skipIf(readInstalled(tensorflowFolder()) === null)(
  "[B11] tensorflow gives the known numbers (needs npm run install:tensorflow)",
  async () => {
    const lines = await parityLines("tensorflow", {});
    expect(lines.length).toBeGreaterThan(3);
  },
  300_000,
);

/** In a process of its own, which native libraries may keep alive or bring down. Rejects where a file does not pass. */
async function parityLines(
  backend: string,
  environment: NodeJS.ProcessEnv,
  files: readonly string[] = [],
): Promise<readonly string[]> {
  const args = [parity, "--backend", backend, ...files];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, ...environment },
  });
  const lines = stdout.trim().split("\n");
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ backend, errors: {} });
  return lines;
}
