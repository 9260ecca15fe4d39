/**
 * `npm run bundle:compute [-- --out FOLDER|FILE.tar.gz]`: packs the compute process and the lab's commands with
 * everything that they need, this Node included, for a Linux machine that has a Vulkan driver and nothing else. Files
 * are copied unchanged and keep their paths, so that the bundle runs what was tested.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { createGzip } from "node:zlib";
import { refuse } from "./bundle/refuse.mjs";
import { installationFolder, packageFolder, reachableFiles } from "./bundle/trace.mjs";
import { ROOT } from "./setup.mjs";

const USAGE = "usage: npm run bundle:compute [-- --out FOLDER|FILE.tar.gz]";
/** Copied whole: some of their files are started by path, and no import leads to them. */
const PROGRAM_FOLDERS = ["apps/compute/dist", "apps/lab/dist"];
const NAME = `tributary-compute-linux-${process.arch}`;
/** Never copied: the C library must be the one that fits the system's loader. */
const OF_GLIBC =
  /^(linux-vdso|ld-linux|libc\.so|libm\.so|libdl\.|libpthread\.|librt\.|libresolv\.|libutil\.)/;
const VULKAN_LOADERS = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/lib/chromium",
];
/** Beside Node's program in a release's archive, and in two kinds of Debian packages. */
const NODE_LICENCES = ["../LICENSE", "../share/doc/nodejs/LICENSE", "../share/doc/node/LICENSE"];
const LICENCE = /^(licen[cs]e|copying|notice|third_?party)/i;

process.exitCode = await main(process.argv.slice(2));

/** @returns {Promise<number>} exit status: 0 done, 1 failed, 2 invalid arguments */
async function main(args) {
  let out;
  try {
    const options = { out: { type: "string" }, help: { type: "boolean" } };
    const { values } = parseArgs({ args, options });
    if (values.help) return console.log(USAGE) ?? 0;
    out = resolve(process.env.INIT_CWD ?? process.cwd(), values.out ?? `out/${NAME}.tar.gz`);
    refuse(out);
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    return 2;
  }
  try {
    console.log(await (out.endsWith(".tar.gz") ? makeArchive(out) : makeFolder(out)));
    return 0;
  } catch (error) {
    console.error(error.message);
    return 1;
  }
}

async function makeFolder(out) {
  await fill(out);
  return `${out}: ${megabytes(sizeOf(out))}`;
}

async function makeArchive(out) {
  const temporary = fs.mkdtempSync(join(tmpdir(), "tributary-bundle-"));
  try {
    await fill(join(temporary, NAME));
    fs.mkdirSync(dirname(out), { recursive: true });
    await pack(temporary, out);
    const unpacked = megabytes(sizeOf(join(temporary, NAME)));
    return `${out}: ${megabytes(fs.statSync(out).size)}, ${unpacked} unpacked`;
  } finally {
    fs.rmSync(temporary, { recursive: true });
  }
}

/** Copies everything into `folder`. */
async function fill(folder) {
  const entries = PROGRAM_FOLDERS.flatMap((name) => below(join(ROOT, name))).filter((path) =>
    path.endsWith(".js"),
  );
  const files = await reachableFiles(entries);
  const owners = [...new Set(files.map(packageFolder))].sort();
  for (const file of files) copy(file, placeOf(file, folder));
  for (const owner of owners) {
    copyManifests(owner, folder);
    copyLinks(owner, owners, folder);
    if (!owner.startsWith(join(ROOT, "packages"))) continue;
    for (const file of below(owner).filter(isPart)) copy(file, placeOf(file, folder));
  }
  for (const name of ["datasets/fashion-mnist", "migrations", "benchmarks", "LICENSE"]) {
    for (const file of below(join(ROOT, name))) copy(file, join(folder, relative(ROOT, file)));
  }
  copyBinaries(owners, folder);
  copy(join(ROOT, "scripts/bundle/tributary.sh"), join(folder, "tributary"), 0o755);
  copy(join(ROOT, "scripts/bundle/lacks.cjs"), join(folder, "bin/lacks.cjs"));
  writeNotice(folder);
}

function placeOf(file, folder) {
  return join(folder, relative(ROOT, file));
}

/** Whether a file of our own packages is needed at run time: code, kernels, known numbers; no source, type or map. */
function isPart(file) {
  const path = relative(ROOT, file);
  if (/\/(node_modules|src|assembly|scripts)\//.test(path)) return false;
  return /\.wasm$|\/dist\/.*\.js$|\/fixtures\/.*\.json$/.test(path);
}

/** Copies licences and the package.json files, which tell Node where modules are and of what kind. */
function copyManifests(owner, folder) {
  for (const name of fs.readdirSync(owner).filter((name) => LICENCE.test(name))) {
    if (fs.statSync(join(owner, name)).isFile()) copy(join(owner, name), placeOf(join(owner, name), folder));
  }
  for (const file of below(owner).filter((file) => basename(file) === "package.json")) {
    if (fs.existsSync(dirname(placeOf(file, folder)))) copy(file, placeOf(file, folder));
  }
}

/** Copies pnpm's links to packages that are in the bundle. */
function copyLinks(owner, owners, folder) {
  const installed = installationFolder(owner);
  if (!fs.existsSync(installed)) return;
  const names = fs
    .readdirSync(installed)
    .flatMap((name) =>
      name.startsWith("@") ? fs.readdirSync(join(installed, name)).map((own) => join(name, own)) : [name],
    );
  for (const name of names) {
    const [from, at] = [join(installed, name), placeOf(join(installed, name), folder)];
    if (!fs.lstatSync(from).isSymbolicLink() || fs.lstatSync(at, { throwIfNoEntry: false })) continue;
    const target = fs.realpathSync(from);
    if (!owners.includes(target)) continue;
    fs.mkdirSync(dirname(at), { recursive: true });
    fs.symlinkSync(relative(dirname(at), placeOf(target, folder)), at);
  }
}

/** Copies Node, Dawn for this kind of machine, the .wasm files, and libraries for systems that lack them. */
function copyBinaries(owners, folder) {
  copy(process.execPath, join(folder, "bin/node"), 0o755);
  const licence = NODE_LICENCES.map((path) => resolve(dirname(process.execPath), path)).find(fs.existsSync);
  if (licence !== undefined) copy(licence, join(folder, "bin/node.LICENSE"));
  for (const owner of owners.filter((owner) => owner.includes("node_modules"))) {
    const binaries = below(owner).filter(
      (file) => /\/dist\/.*\.wasm$/.test(file) || file.endsWith(`/linux-${process.arch}/dawn.node`),
    );
    for (const file of binaries) copy(file, placeOf(file, folder));
  }
  for (const library of process.report.getReport().sharedObjects) {
    if (/^\/.*\.so[.\d]*$/.test(library) && !OF_GLIBC.test(basename(library)))
      copy(fs.realpathSync(library), join(folder, "lib/runtime", basename(library)));
  }
  const loader = VULKAN_LOADERS.map((path) => join(path, "libvulkan.so.1")).find((path) =>
    fs.existsSync(path),
  );
  if (loader === undefined)
    console.error(
      "this machine has no libvulkan.so.1 to bundle: webgpu needs one on the machine that runs the bundle",
    );
  else copy(fs.realpathSync(loader), join(folder, "lib/vulkan/libvulkan.so.1"));
}

function writeNotice(folder) {
  const manifests = below(join(folder, "node_modules"), false)
    .filter((file) => /\/node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(file))
    .map((file) => JSON.parse(fs.readFileSync(file, "utf8")))
    .map(
      ({ name, version, license }) => `- ${name} ${version}: ${license?.type ?? license ?? "see its folder"}`,
    );
  const lines = [
    "Tributary's compute process and commands, under Apache-2.0 (LICENSE). `./tributary` alone lists the programs.",
    "",
    "It needs Linux with glibc 2.28 or newer; backend webgpu needs glibc 2.34, and a GPU's Vulkan driver.",
    "Backend tensorflow is not in it: it is built on a machine of its own with `npm run install:tensorflow`.",
    "",
    "It contains other software under terms of its own, which are beside it or at the address:",
    "",
    `- bin/node ${process.version}: MIT and others, https://github.com/nodejs/node/blob/${process.version}/LICENSE`,
    "- lib/runtime (libstdc++, libgcc): GPL-3.0 with the GCC Runtime Library Exception, https://gcc.gnu.org",
    "- lib/vulkan (the Khronos loader): Apache-2.0, https://github.com/KhronosGroup/Vulkan-Loader",
    "- webgpu/dist (Dawn): BSD-3-Clause, https://dawn.googlesource.com/dawn",
    ...manifests.sort(),
    "",
  ];
  fs.writeFileSync(join(folder, "NOTICE.md"), lines.join("\n"));
}

function copy(from, to, mode = 0o644) {
  fs.mkdirSync(dirname(to), { recursive: true });
  fs.copyFileSync(from, to);
  fs.chmodSync(to, mode);
}

/** Every file below a folder, or the file itself; links and installations inside are not followed. */
function below(path, skipInstallations = true) {
  if (!fs.existsSync(path)) return [];
  if (!fs.statSync(path).isDirectory()) return [path];
  return fs
    .readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.isSymbolicLink() && !(skipInstallations && entry.name === "node_modules"))
    .flatMap((entry) => below(join(path, entry.name), skipInstallations))
    .sort();
}

/** The same files give the same bytes: entries are sorted and have no times, owners or traces of a umask. */
async function pack(folder, out) {
  const order = [
    "--sort=name",
    "--mtime=@0",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--mode=u+rw,go-w,a+rX",
  ];
  const tar = spawn("tar", ["--format=gnu", ...order, "-cf", "-", NAME], { cwd: folder });
  const ended = once(tar, "close");
  await pipeline(tar.stdout, createGzip({ level: 9 }), fs.createWriteStream(out));
  const [code] = await ended;
  if (code !== 0) throw new Error(`tar ended with status ${code}`);
}

function sizeOf(folder) {
  return below(folder, false).reduce((sum, file) => sum + fs.statSync(file).size, 0);
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
