/** The doctor's report as lines of text. */
import type { BackendReport, DoctorReport } from "./report.ts";

/** The report, a line of text each. */
export function reportLines(report: DoctorReport): readonly string[] {
  const { node, platform, cores, memoryBytes, postgres, chromium } = report;
  return [
    `Node ${node} on ${platform}, ${cores} cores, ${(memoryBytes / 1e9).toFixed(1)} GB`,
    `PostgreSQL: ${postgres.found ? "" : "none: "}${postgres.detail}`,
    `Chromium: ${chromium.found ? "" : "none: "}${chromium.detail} (for the demo and the browser tests)`,
    "",
    "Backends of the compute process, in the order in which they are tried:",
    ...report.backends.flatMap((backend, at) => backendLines(backend, report.backends.slice(0, at))),
    "",
    report.taken === null
      ? `With COMPUTE_BACKEND=${report.preference} the server has no backend.`
      : `With COMPUTE_BACKEND=${report.preference} the server takes ${report.taken}.`,
    `A volunteer's page tries ${report.page.join(", ")}; what it gets depends on the visitor's browser.`,
  ];
}

/** `above`: the backends whose lines come before. If two are refused for one reason, only the first line has it. */
function backendLines(backend: BackendReport, above: readonly BackendReport[]): readonly string[] {
  const { id, works, reason, adapter, library, parity, trainingStep, synthesisIteration } = backend;
  const same = above.find((other) => !other.works && other.reason === reason)?.id;
  const refusal = same === undefined ? `refused: ${reason}` : `refused as ${same} is`;
  const head = `  ${id.padEnd(15)} ${works ? "works" : refusal}`;
  const details: string[] = [];
  if (adapter !== null) details.push(`${adapter}; ${library}`);
  if (parity.length > 0) details.push(parityLine(parity));
  if (trainingStep !== null) {
    const { ms, width, images, image } = trainingStep;
    details.push(`training step: ${ms.toFixed(1)} ms (${image.join("x")}, width ${width}, batch ${images})`);
  }
  if (synthesisIteration !== null) {
    const { ms, width, images, image, innerSteps } = synthesisIteration;
    const shape = `${image.join("x")}, width ${width}, ${images} images, ${innerSteps} inner steps`;
    details.push(`synthesis iteration: ${ms.toFixed(0)} ms (${shape})`);
  }
  return [head, ...details.map((detail) => `  ${"".padEnd(15)} ${detail}`)];
}

function parityLine(parity: BackendReport["parity"]): string {
  const errors = parity.flatMap((one) => Object.values(one.errors));
  const failed = parity.filter(({ passed }) => !passed).map(({ vector }) => vector);
  const passing = `${parity.length - failed.length} of ${parity.length} vectors pass`;
  const missing = failed.length > 0 ? `; not ${failed.join(", ")}` : "";
  return `parity: ${passing}, largest error ${Math.max(...errors).toExponential(1)}${missing}`;
}
