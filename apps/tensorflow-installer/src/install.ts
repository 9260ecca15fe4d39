/** Installs TensorFlow's C library and its binding into one private folder; goes on where an earlier try ended. */
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, rmdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Installed, partsOf, readInstalled, writeInstalled } from "@tributary/backends";
import { LockHeld, takeLock } from "@tributary/platform";
import { type Compiler, compileBinding, findCompiler, installJavascript, TFJS_NODE } from "./binding.ts";
import { sha256Of } from "./download.ts";
import type { Installation, Source } from "./installation.ts";
import { Impossible, type Wheel } from "./package-index.ts";
import { checkOwnWheel, fetchMetadata, planNvidia, planTensorflow } from "./plan.ts";
import { DOWNLOADS, sizeText, unpackWheels } from "./unpack.ts";

/** Lists what an installation would fetch, and changes nothing. */
export async function dryRun(installation: Installation): Promise<void> {
  const { say } = installation;
  const compiler = await findCompiler(installation.compiler);
  const wheels = await plannedWheels(installation);
  for (const { fileName, bytes, sha256 } of wheels) say(`${sizeText(bytes)}  ${fileName}  sha256 ${sha256}`);
  const known = wheels.every(({ bytes }) => bytes !== null);
  const sum = wheels.reduce((total, { bytes }) => total + (bytes ?? 0), 0);
  say(
    `${known ? sizeText(sum) : "an unknown amount"} to fetch, and @tensorflow/tfjs-node ${TFJS_NODE} from npm`,
  );
  say(`the binding would be built with ${compiler.version}, into ${installation.folder}`);
}

/**
 * Installs into `installation.folder`, or does nothing where the same is installed there already. Throws Impossible, with
 * the reason, where that cannot be done; the record is written last, so that a failure leaves none.
 */
export async function install(installation: Installation): Promise<Installed> {
  const { folder, say } = installation;
  const release = await takeFolder(folder);
  try {
    const compiler = await findCompiler(installation.compiler);
    const source = await sourceOf(installation);
    const current = readCurrent(folder);
    if (current !== null && isSame(current, source, installation.gpu)) {
      say(`${source.project} ${source.version} is installed in ${folder} already`);
      return current;
    }
    return await build(installation, source, compiler);
  } finally {
    release();
  }
}

async function sourceOf(installation: Installation): Promise<Source> {
  if (installation.wheel === null) {
    const wheel = await planTensorflow(installation, installation.platform);
    return { project: wheel.project, version: wheel.version, wheel };
  }
  if (!existsSync(installation.wheel)) throw new Impossible(`there is no file ${installation.wheel}`);
  return { ...checkOwnWheel(basename(installation.wheel), installation.platform), wheel: null };
}

async function plannedWheels(installation: Installation): Promise<readonly Wheel[]> {
  const tensorflow = await planTensorflow(installation, installation.platform);
  if (!installation.gpu) return [tensorflow];
  const metadata = await fetchMetadata(tensorflow);
  if (metadata === null) {
    installation.say("the index serves no metadata: NVIDIA's libraries are known once the wheel is here");
    return [tensorflow];
  }
  return [tensorflow, ...(await planNvidia(metadata, installation, installation.platform))];
}

/** The installation that is there; null where its record cannot be read or its files are gone. */
function readCurrent(folder: string): Installed | null {
  try {
    const installed = readInstalled(folder);
    const isThere = installed !== null && existsSync(partsOf(join(folder, installed.directory)).binding);
    return isThere ? installed : null;
  } catch {
    return null;
  }
}

function isSame(current: Installed, source: Source, gpu: boolean): boolean {
  return (
    current.project === source.project &&
    current.version === source.version &&
    current.gpu === gpu &&
    current.tfjs === TFJS_NODE &&
    current.platform === `${process.platform}-${process.arch}`
  );
}

async function build(installation: Installation, source: Source, compiler: Compiler): Promise<Installed> {
  const { folder, gpu, say } = installation;
  const directory = `${source.version}-${gpu ? "gpu" : "cpu"}-${process.platform}-${process.arch}`;
  const parts = partsOf(join(folder, directory));
  await mkdir(parts.site, { recursive: true });
  const wheels = await unpackWheels(installation, source, parts.site);

  say(`installing @tensorflow/tfjs-node ${TFJS_NODE} from npm, without its install script ...`);
  await installJavascript(parts);
  say(`building the binding with ${compiler.version} ...`);
  await compileBinding(parts, compiler);

  const { project, version } = source;
  const installed: Installed = {
    ...{ format: 1, project, version, gpu, tfjs: TFJS_NODE, directory, compiler: compiler.version },
    platform: `${process.platform}-${process.arch}`,
    bindingSha256: await sha256Of(parts.binding),
    wheels: [...wheels],
    installedAt: new Date(installation.nowMs()).toISOString(),
  };
  say(await installation.tryOut(join(folder, directory)));
  await writeInstalled(folder, installed);
  await removeOthers(folder, directory);
  return installed;
}

/** Lets one installation at a time into a folder. The lock of a killed process is taken over. */
async function takeFolder(folder: string): Promise<() => void> {
  await mkdir(folder, { recursive: true });
  return await takeLock(join(folder, "installing"), { waitMs: 0 }).catch((error: unknown) => {
    throw error instanceof LockHeld ? new Impossible(error.message) : error;
  });
}

/** The names that `build` gives its directories. */
const OWN_DIRECTORY = /^\d+(\.\d+)*-(cpu|gpu)-[a-z0-9]+-[a-z0-9]+$/;

/** Removes earlier installations once the record names the new one. Other things in the operator's folder stay. */
export async function removeOthers(folder: string, directory: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === directory || !OWN_DIRECTORY.test(entry.name)) continue;
    await rm(join(folder, entry.name), { recursive: true });
  }
  // Fails, and so stays, where something is in it.
  await rmdir(join(folder, DOWNLOADS)).catch(() => undefined);
}
