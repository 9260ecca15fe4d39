/** Reads a sample file in the page. The code for tables is downloaded with the first one. */
import { chunksOf } from "../../data/chunks-of.ts";
import type { Sample } from "./sample-columns.ts";

type Tools = typeof import("./sample-columns.ts");

export type SampleReading =
  | { readonly phase: "read"; readonly sample: Sample; readonly tools: Tools }
  | { readonly phase: "asked"; readonly question: string }
  | { readonly phase: "failed"; readonly reason: string };

/** `decimal`: the operator's answer where numbers mean two things. */
export async function readSample(file: File, decimal?: "." | ","): Promise<SampleReading> {
  const [tables, tools] = await Promise.all([
    import("@tributary/datasets/tables"),
    import("./sample-columns.ts"),
  ]);
  const chosen = decimal === undefined ? {} : { decimal };
  const reading = await tables.tableFigures({ chunks: chunksOf(file), pause: nextTask, ...chosen });
  switch (reading.outcome) {
    case "read":
      return { phase: "read", sample: reading, tools };
    case "asked":
      return { phase: "asked", question: tables.describeQuestion(reading.question) };
    case "refused":
      return { phase: "failed", reason: tables.describeRefusal(reading.refusal) };
    case "aborted":
      return { phase: "failed", reason: "reading was given up" };
    default:
      return reading satisfies never;
  }
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
