/** Fetches wheels and unpacks their libraries and headers, each once. */
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rm, stat, statfs, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Installed } from "@tributary/backends";
import { download, sha256Of } from "./download.ts";
import type { Installation, Source } from "./installation.ts";
import { Impossible, type Wheel } from "./package-index.ts";
import { isWanted, planNvidia } from "./plan.ts";
import { unpackZip } from "./zip.ts";

/** The folder, below the installation's, that holds wheels until they are unpacked. */
export const DOWNLOADS = "downloads";

/** What was unpacked from a wheel. It is kept as a stamp, so that a second try does not unpack the wheel again. */
type Unpacked = Installed["wheels"][number];

export async function unpackWheels(
  installation: Installation,
  source: Source,
  site: string,
): Promise<readonly Unpacked[]> {
  const first =
    source.wheel === null
      ? await unpackOwn(installation, site)
      : await fetchAndUnpack(installation, source.wheel, site);
  if (!installation.gpu) return [first];
  const metadata = await readFile(join(site, "METADATA"), "utf8");
  const nvidia = await planNvidia(metadata, installation, installation.platform);
  const unpacked = [first];
  for (const wheel of nvidia) unpacked.push(await fetchAndUnpack(installation, wheel, site));
  return unpacked;
}

async function unpackOwn(installation: Installation, site: string): Promise<Unpacked> {
  const path = installation.wheel ?? "";
  installation.say(`reading ${path} ...`);
  return await unpack(installation, path, await sha256Of(path), site);
}

async function fetchAndUnpack(installation: Installation, wheel: Wheel, site: string): Promise<Unpacked> {
  const done = await readStamp(site, wheel.fileName, wheel.sha256);
  if (done !== null) return done;
  await demandSpace(installation.folder, wheel);
  const path = join(installation.folder, DOWNLOADS, wheel.fileName);
  installation.say(
    `fetching ${wheel.fileName}${wheel.bytes === null ? "" : ` (${sizeText(wheel.bytes)})`} ...`,
  );
  await download(wheel, path, progressLine(installation, wheel.bytes));
  const unpacked = await unpack(installation, path, wheel.sha256, site);
  await rm(path);
  return unpacked;
}

/** Unpacks the wheel's libraries and headers into `site`, and TensorFlow's METADATA beside them. */
async function unpack(
  installation: Installation,
  path: string,
  sha256: string,
  site: string,
): Promise<Unpacked> {
  const fileName = basename(path);
  const done = await readStamp(site, fileName, sha256);
  if (done !== null) return done;
  const files = (await unpackZip(path, (name) => targetOf(site, name)).catch(blameWheel)).filter(({ name }) =>
    isWanted(name),
  );
  if (files.length === 0)
    throw new Impossible(`${fileName} holds none of TensorFlow's or NVIDIA's libraries`);
  for (const { name } of files) if (name.includes("/bin/")) await chmod(join(site, name), 0o755);
  const extractedBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const unpacked = { fileName, sha256, bytes: (await stat(path)).size, extractedBytes };
  await mkdir(join(site, "unpacked"), { recursive: true });
  await writeFile(stampPath(site, fileName), JSON.stringify(unpacked));
  installation.say(`unpacked ${files.length} files of ${fileName}, ${sizeText(extractedBytes)}`);
  return unpacked;
}

/** Where an entry of a wheel goes; null: nowhere. */
function targetOf(site: string, name: string): string | null {
  if (/^tensorflow[a-z_]*-[^/]+\.dist-info\/METADATA$/.test(name)) return join(site, "METADATA");
  return isWanted(name) ? join(site, name) : null;
}

/** A damaged wheel is a wrong input, not a bug of the installer. */
function blameWheel(cause: Error): never {
  throw new Impossible(cause.message, { cause });
}

const stampPath = (site: string, fileName: string) => join(site, "unpacked", `${fileName}.json`);

async function readStamp(site: string, fileName: string, sha256: string): Promise<Unpacked | null> {
  const path = stampPath(site, fileName);
  if (!existsSync(path)) return null;
  const stamp = JSON.parse(await readFile(path, "utf8")) as Unpacked;
  return stamp.sha256 === sha256 ? stamp : null;
}

/** A wheel and what is unpacked of it lie side by side for a while; libraries unpack to about three times the wheel. */
async function demandSpace(folder: string, wheel: Wheel): Promise<void> {
  if (wheel.bytes === null) return;
  const { bavail, bsize } = await statfs(folder);
  const [free, needed] = [bavail * bsize, 4 * wheel.bytes];
  if (free >= needed) return;
  throw new Impossible(
    `${folder} has ${sizeText(free)} free, ${wheel.fileName} needs about ${sizeText(needed)}`,
  );
}

function progressLine(installation: Installation, expected: number | null) {
  let told = 0;
  let begin = -1;
  const startedAtMs = installation.nowMs();
  return (bytes: number, ofBytes: number | null) => {
    if (begin === -1) begin = bytes;
    const all = ofBytes ?? expected;
    if (all === null || bytes < all * (told + 0.1)) return;
    told = bytes / all;
    const rate = (bytes - begin) / 1e6 / Math.max(0.001, (installation.nowMs() - startedAtMs) / 1000);
    installation.say(`  ${sizeText(bytes)} of ${sizeText(all)} (${rate.toFixed(0)} MB/s)`);
  };
}

export function sizeText(bytes: number | null): string {
  if (bytes === null) return "unknown size";
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
