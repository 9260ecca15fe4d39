/** The result of a benchmark as Markdown: one row for each case and contender. */
import { median } from "../timing/trials.ts";
import { caseName } from "./cases.ts";
import type { Benchmark, Measurement } from "./run-cases.ts";

/** The contender to which the others are compared: PyTorch on this machine's CPU, with two threads. */
export const REFERENCE = "pytorch";

export type Row = {
  readonly case: string;
  readonly contender: string;
  readonly medianMs: number;
  readonly fastestMs: number;
  readonly slowestMs: number;
  /** The median divided by PyTorch's in the same case; null without PyTorch. */
  readonly ratio: number | null;
  readonly runs: number;
  /** Peak resident memory of the process. `baselineBytes`: the peak before the case began. */
  readonly peakBytes: number;
  readonly baselineBytes: number;
  /** Whether only a part of the work was measured, and multiplied. */
  readonly estimated: boolean;
};

/** A row for each measurement, in their order. */
export function rowsOf(measurements: readonly Measurement[]): readonly Row[] {
  return measurements.map((measured) => {
    const name = caseName(measured.task);
    const reference = measurements.find(
      (other) => other.contender === REFERENCE && caseName(other.task) === name,
    );
    const medianMs = median(measured.runsMs);
    return {
      case: name,
      contender: measured.contender,
      medianMs,
      fastestMs: Math.min(...measured.runsMs),
      slowestMs: Math.max(...measured.runsMs),
      ratio: reference === undefined ? null : medianMs / median(reference.runsMs),
      runs: measured.runsMs.length,
      peakBytes: measured.peakBytes,
      baselineBytes: measured.baselineBytes,
      estimated: measured.times > 1,
    };
  });
}

/** A table of the rows, then what each contender ran on and what was left out. */
export function markdown(title: string, { measurements, notes }: Benchmark): string {
  const head = [
    "case",
    "backend",
    "median ms",
    "spread ms",
    "x PyTorch",
    "runs",
    "peak MB",
    "of it at start",
  ];
  const body = rowsOf(measurements).map((row) => [
    row.case,
    row.contender,
    `${row.estimated ? "~" : ""}${milliseconds(row.medianMs)}`,
    `${milliseconds(row.fastestMs)} to ${milliseconds(row.slowestMs)}`,
    row.ratio === null ? "-" : row.ratio.toFixed(2),
    String(row.runs),
    megabytes(row.peakBytes),
    megabytes(row.baselineBytes),
  ]);
  const table = [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.join(" | ")} |`);
  const ranOn = new Set(measurements.map(({ contender, on }) => `${contender}: ${on}`));
  return [title, "", ...table, "", ...[...ranOn, ...notes].map((line) => `- ${line}`), ""].join("\n");
}

function milliseconds(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms.toPrecision(3);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
