import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readInstalled } from "@tributary/backends";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { zipOf } from "../testing/zip.ts";
import { download } from "./download.ts";
import { dryRun, install, removeOthers } from "./install.ts";
import type { Installation } from "./installation.ts";
import { main } from "./main.ts";
import { chooseWheel, filesOfHtml, filesOfJson } from "./package-index.ts";
import { isWanted } from "./plan.ts";
import { unpackZip } from "./zip.ts";

const platform = { os: "linux", arch: "x64", glibc: "2.36" };
let folder = "";
let server: Server;
let lines: string[] = [];
/** What the index answers, by path; requests with a range get that part. */
let pages: Map<string, Buffer>;
let ranges: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "install-"));
  [pages, lines, ranges] = [new Map(), [], []];
  server = createServer((request, response) => {
    const page = pages.get(request.url ?? "");
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1];
    if (range !== undefined) ranges.push(range);
    if (page === undefined) response.writeHead(404).end();
    else if (range === undefined) response.writeHead(200, { "content-type": "text/html" }).end(page);
    else response.writeHead(206).end(page.subarray(Number(range)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

function installation(changes: Partial<Installation> = {}): Installation {
  return {
    gpu: false,
    index: `${base()}/simple`,
    wheel: null,
    folder: join(folder, "tensorflow"),
    platform,
    compiler: process.execPath,
    nowMs: Date.now,
    say: (line) => lines.push(line),
    tryOut: async () => "tried",
    ...changes,
  };
}

function offer(project: string, fileName: string, bytes: Buffer, digest = sha256(bytes)): void {
  const link = `<a href="/files/${fileName}#sha256=${digest}">${fileName}</a>`;
  pages.set(`/simple/${project}/`, Buffer.from(link));
  pages.set(`/files/${fileName}`, bytes);
}

const fileName = "tensorflow_cpu-2.21.0-cp313-cp313-manylinux_2_27_x86_64.whl";

test("[B3] both forms of an index are read, and a file without a checksum or yanked is not taken", () => {
  const url = "https://files.example/a.whl";
  const digest = "a".repeat(64);
  const html = filesOfHtml(
    `<a data-x="1" href="../a.whl#sha256=${digest}">a.whl</a>`,
    "https://files.example/b/",
  );
  expect(html).toEqual([{ fileName: "a.whl", url, sha256: digest, bytes: null, yanked: false }]);
  const json = JSON.stringify({
    files: [{ filename: "a.whl", url, hashes: { sha256: digest }, size: 7, yanked: "bad" }],
  });
  expect(filesOfJson(json, "https://x.example/")).toEqual([
    { fileName: "a.whl", url, sha256: digest, bytes: 7, yanked: true },
  ]);
  const file = { fileName, url, sha256: digest, bytes: 7, yanked: false };
  const choose = (files: readonly (typeof file | (Omit<typeof file, "sha256"> & { sha256: null }))[]) =>
    chooseWheel(files, "tensorflow-cpu", "==2.21.0", platform);
  expect(choose([{ ...file, fileName: fileName.replaceAll("313", "39") }, file])).toMatchObject({ fileName });
  expect(() => choose([{ ...file, sha256: null }])).toThrow("no sha256 in the index");
  expect(() => choose([{ ...file, yanked: true }])).toThrow("yanked");
  expect(() => choose([{ ...file, fileName: fileName.replace("2.21.0", "2.9.1") }])).toThrow(
    "no wheel of tensorflow-cpu ==2.21.0; it has 2.9.1",
  );
  expect(() => choose([{ ...file, fileName: fileName.replace("2_27", "2_99") }])).toThrow("wants glibc 2.99");
  const elsewhere = fileName.replace("cp313-cp313", "cp313-/../../../cp313");
  expect(() => choose([{ ...file, fileName: elsewhere }])).toThrow("it has none at all");
});

test("[B4] a file of a zip is what went in, packed or not, and a broken zip is refused", async () => {
  const path = join(folder, "a.zip");
  const target = (name: string) => join(folder, "out", name);
  for (const method of [0, 8] as const) {
    const files = { "a/b.txt": "hello ".repeat(1000), "empty.txt": "" };
    await writeFile(path, zipOf(files, method));
    const unpacked = await unpackZip(path, target);
    expect(unpacked).toEqual([
      { name: "a/b.txt", bytes: 6000 },
      { name: "empty.txt", bytes: 0 },
    ]);
    for (const [name, text] of Object.entries(files)) {
      expect(await readFile(target(name), "utf8")).toBe(text);
    }
    await writeFile(path, zipOf({ "c.txt": "larger than it says" }, method, 5));
    await expect(unpackZip(path, target)).rejects.toThrow(`${path}: `);
    expect(existsSync(target("c.txt"))).toBe(false);
  }
  await writeFile(path, zipOf({ "../outside.txt": "" }));
  await expect(unpackZip(path, target)).rejects.toThrow("../outside.txt");
  await writeFile(path, "no zip at all");
  await expect(unpackZip(path, target)).rejects.toThrow(`${path}: `);
});

test("[B4] only libraries and headers are unpacked, and nothing outside the folder", () => {
  for (const name of [
    "tensorflow/libtensorflow_cc.so.2",
    "tensorflow/include/tensorflow/c/eager/c_api.h",
    "tensorflow/include/tsl/platform/ctstring.h",
    "nvidia/cudnn/lib/libcudnn.so.9",
    "nvidia/cuda_nvcc/bin/ptxas",
  ]) {
    expect(isWanted(name)).toBe(true);
  }
  for (const name of [
    "tensorflow/python/_pywrap_tfe.so",
    "nvidia/cublas/include/cublas.h",
    "tensorflow/include/tensorflow/c/../../../../x.h",
    "/etc/x.h",
  ]) {
    expect(isWanted(name)).toBe(false);
  }
});

test("[B5] a download goes on where it broke off, and wrong bytes are refused and removed", async () => {
  const bytes = Buffer.from("0123456789".repeat(1000));
  pages.set("/file", bytes);
  const path = join(folder, "file");
  const wanted = { url: `${base()}/file`, sha256: sha256(bytes) };
  await writeFile(`${path}.part`, bytes.subarray(0, 4000));
  await download(wanted, path, () => undefined);
  expect(ranges).toEqual(["4000"]);
  expect(await readFile(path)).toEqual(bytes);
  await download(wanted, path, () => expect.unreachable("it is there already"));

  const other = join(folder, "other");
  const wrong = download({ ...wanted, sha256: "0".repeat(64) }, other, () => undefined);
  await expect(wrong).rejects.toThrow(
    `has sha256 ${sha256(bytes)}, the index promises ${"0".repeat(64)}; removed`,
  );
  expect(existsSync(other) || existsSync(`${other}.part`)).toBe(false);
});

test("[B6] what cannot be had is refused with the reason, and leaves no record", async () => {
  const refusal = async (changes: Partial<Installation>) =>
    await install(installation(changes)).then(
      () => expect.unreachable("it is impossible"),
      (error: Error) => error.message,
    );
  expect(await refusal({ compiler: "no-such-compiler" })).toContain(
    "no C++ compiler (tried no-such-compiler)",
  );
  expect(await refusal({ platform: { ...platform, os: "win32" } })).toBe(
    "only Linux is supported, this is win32",
  );
  expect(await refusal({ index: "http://127.0.0.1:1/simple" })).toMatch(
    /^http:\/\/127.0.0.1:1\/simple\/tensorflow-cpu\/ cannot be reached: /,
  );
  expect(await refusal({})).toContain("/simple/tensorflow-cpu/ answers 404");
  expect(await refusal({ wheel: join(folder, "x.whl") })).toBe(`there is no file ${join(folder, "x.whl")}`);
  const jax = join(folder, "jax-1.0-py3-none-any.whl");
  await writeFile(jax, "");
  expect(await refusal({ wheel: jax })).toBe(
    "expected a wheel of tensorflow or tensorflow-cpu, got jax-1.0-py3-none-any.whl",
  );
  const bytes = zipOf({ "readme.txt": "no library" });
  offer("tensorflow-cpu", fileName, bytes);
  expect(await refusal({})).toBe(`${fileName} holds none of TensorFlow's or NVIDIA's libraries`);
  offer("tensorflow-cpu", fileName, bytes, "0".repeat(64));
  expect(await refusal({})).toContain(`the index promises ${"0".repeat(64)}`);
  expect(readInstalled(join(folder, "tensorflow"))).toBeNull();
});

test("[B15] of two installations at once into one folder the second is refused with the number of the first", async () => {
  const starts = [1, 2].map(() => install(installation({ index: `${base()}/nothing` })));
  const reasons = (await Promise.allSettled(starts)).map((outcome) =>
    outcome.status === "rejected" ? String(outcome.reason) : "installed",
  );
  const held = `${join(folder, "tensorflow")} is being worked on by process ${process.pid};`;
  expect(reasons.filter((reason) => reason.includes(held))).toHaveLength(1);
  expect(reasons.filter((reason) => reason.includes("/nothing/tensorflow-cpu/ answers 404"))).toHaveLength(1);
  expect(await readdir(join(folder, "tensorflow"))).toEqual([]);
});

test("[B6] an installation replaces earlier ones, and leaves alone what else is in the operator's folder", async () => {
  for (const name of ["2.20.0-cpu-linux-x64", "2.21.0-gpu-linux-x64", "downloads", "photos/2025", ".ssh"]) {
    await mkdir(join(folder, name), { recursive: true });
  }
  await writeFile(join(folder, "thesis.txt"), "");
  await removeOthers(folder, "2.21.0-gpu-linux-x64");
  expect((await readdir(folder)).sort()).toEqual([".ssh", "2.21.0-gpu-linux-x64", "photos", "thesis.txt"]);
  await mkdir(join(folder, "downloads/mine"), { recursive: true });
  await removeOthers(folder, "2.21.0-gpu-linux-x64");
  expect(await readdir(join(folder, "downloads"))).toEqual(["mine"]);
});

test("[B6] a folder that cannot be one ends the command with status 2 and its path, not with a stack", async () => {
  const file = join(folder, "a-file");
  await writeFile(file, "");
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect(await main(["--folder", join(file, "below")])).toBe(2);
  expect(String(error.mock.calls[0]?.[0])).toMatch(/^ENOTDIR: .*a-file/);
  error.mockRestore();
});

test("[B6] a dry run lists what would be fetched, and writes nothing", async () => {
  const bytes = zipOf({ a: "b" });
  offer("tensorflow", fileName.replace("_cpu", ""), bytes);
  const cublas = "nvidia_cublas_cu12-12.9.1.4-py3-none-manylinux_2_27_x86_64.whl";
  offer("nvidia-cublas-cu12", cublas, bytes);
  const metadata = 'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5; extra == "and-cuda"';
  pages.set(`/files/${fileName.replace("_cpu", "")}.metadata`, Buffer.from(metadata));
  await dryRun(installation({ gpu: true }));
  expect(lines.join("\n")).toContain(fileName.replace("_cpu", ""));
  expect(lines.join("\n")).toContain(`${cublas}  sha256 ${sha256(bytes)}`);
  expect(existsSync(join(folder, "tensorflow"))).toBe(false);
});
