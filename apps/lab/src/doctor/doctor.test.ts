import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Value } from "typebox/value";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { main } from "../commands/doctor.ts";
import { examine } from "./examine.ts";
import { reportLines } from "./print.ts";
import { DoctorReport } from "./report.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "doctor-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const probe = {
  adapter: "a card",
  library: "a library 1",
  parity: [],
  trainingStep: null,
  synthesisIteration: null,
};

async function examineProgram(text: string, timeLimitMs = 30_000) {
  const program = join(folder, "probe.mjs");
  const known = `const known = ${JSON.stringify({ type: "known", probe })};\n`;
  await writeFile(program, known + text);
  return await examine("webgpu", { forced: false, timeLimitMs, program });
}

test("[B12] a backend that crashes, hangs or ends early is refused with how far it came", async () => {
  const crashed = await examineProgram('process.send(known, () => process.kill(process.pid, "SIGSEGV"));');
  expect(crashed).toMatchObject({ ...probe, works: false });
  expect(crashed.reason).toBe("it crashed with SIGSEGV, while its numbers were checked");
  const killed = await examineProgram('process.send(known, () => process.kill(process.pid, "SIGKILL"));');
  expect(killed.reason).toBe("it crashed with SIGKILL, while its numbers were checked");
  const hung = await examineProgram("process.send(known); setInterval(() => {}, 1000);", 6000);
  expect(hung.reason).toBe("no end within 6 s, while its numbers were checked");
  const thrown = await examineProgram('throw new Error("no such driver");');
  expect(thrown.works).toBe(false);
  expect(thrown.reason).toMatch(/^while it was opened: .* \(exit code 1\)$/);
  const silent = await examineProgram("process.disconnect();");
  expect(silent).toMatchObject({ works: false, reason: "it said nothing" });
  const refused = await examineProgram(
    'process.send({ type: "failed", reason: "no adapter" }, () => process.exit(0));',
  );
  expect(refused).toMatchObject({ works: false, reason: "no adapter", adapter: null });
});

test("[B12] a backend that comes to its end works", async () => {
  const worked = await examineProgram(
    'process.send(known, () => process.send({ type: "done" }, () => process.exit(0)));',
  );
  expect(worked).toEqual({ id: "webgpu", works: true, reason: null, ...probe });
});

test("[B13] the doctor's JSON holds to its schema, with parity, times and the backend that is taken", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  expect(await main(["--json", "--backend", "wasm"])).toBe(0);
  const report: unknown = JSON.parse(String(log.mock.calls[0]?.[0]));
  if (!Value.Check(DoctorReport, report)) throw new Error(JSON.stringify(Value.Errors(DoctorReport, report)));
  expect(report).toMatchObject({ format: 1, preference: "wasm", taken: "wasm", cores: expect.any(Number) });
  const [wasm] = report.backends;
  expect(wasm).toMatchObject({ id: "wasm", works: true, reason: null });
  const vectors = wasm?.parity.map(({ vector }) => vector);
  expect(vectors).toEqual(expect.arrayContaining(["self-check", "meta-gradient-16x16x1"]));
  expect(wasm?.parity.every(({ passed }) => passed)).toBe(true);
  expect(wasm?.trainingStep?.ms).toBeGreaterThan(0);
  expect(wasm?.synthesisIteration?.ms).toBeGreaterThan(0);
  expect(Value.Check(DoctorReport, { ...report, more: 1 })).toBe(false);
  expect(reportLines(report).join("\n")).toContain("the server takes wasm");
});

test("[B14] a reason that two backends share is printed once", () => {
  const refused = { ...probe, works: false, reason: "not installed in /a/folder" };
  const works = { ...probe, works: true, reason: null };
  const lines = reportLines({
    ...{ format: 1, node: "24.0.0", platform: "linux-x64", cores: 2, memoryBytes: 1e9 },
    ...{ postgres: { found: true, detail: "" }, chromium: { found: true, detail: "" } },
    backends: [
      { id: "tensorflow-gpu", ...refused },
      { id: "webgpu", ...refused, reason: "no adapter" },
      { id: "wasm", ...works },
      { id: "tensorflow", ...refused },
      { id: "cpu", ...works },
    ],
    ...{ preference: "auto", taken: "wasm", page: ["wasm"] },
  });
  const heads = lines.filter((line) => /works|refused/.test(line)).map((line) => line.trim());
  expect(heads).toEqual([
    "tensorflow-gpu  refused: not installed in /a/folder",
    "webgpu          refused: no adapter",
    "wasm            works",
    "tensorflow      refused as tensorflow-gpu is",
    "cpu             works",
  ]);
});

test("[B13] the doctor refuses a backend that it does not know", async () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  expect(await main(["--backend", "metal"])).toBe(2);
  expect(String(error.mock.calls[0]?.[0])).toContain('got "metal"');
  expect(await main(["--help"])).toBe(0);
});
