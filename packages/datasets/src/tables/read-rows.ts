/** Reads a table from a stream of bytes: in small steps, with a pause after each, and never more in memory than a piece. */
import { type ByteSource, type Pieces, piecesOf, takeHead } from "./byte-pieces.ts";
import type { RecordStop } from "./csv-records.ts";
import { foreignFormat } from "./foreign-formats.ts";
import { createRowParser, type RowSink, type RowsOutcome, type RowsRead } from "./row-parser.ts";
import { type StartOptions, startTable, type TableBeginning, type TableStart } from "./table-start.ts";
import { createTextReader, type TextEncoding, type TextReader } from "./text-of-bytes.ts";

/** What is read, and how. */
export type TableOptions = StartOptions & ByteSource;

/** What a file turned out to be. */
export type TableFile = Pick<TableStart, "delimiter" | "header" | "mapping" | "unused"> &
  RowsRead & { readonly encoding: TextEncoding };

/** What comes of reading a file's rows. */
export type RowsReading =
  | ({ readonly outcome: "read" } & TableFile)
  | Exclude<TableBeginning, TableStart>
  | { readonly outcome: "aborted" };

/**
 * Reads a file into `sink`, row by row and in order. Throws what `chunks` and `sink` throw, and nothing about the file: a
 * file that is no table is refused, and whatever a person must decide is asked.
 */
export async function readRows(options: TableOptions, sink: RowSink): Promise<RowsReading> {
  const pieces = piecesOf(options);
  try {
    return await readPieces(pieces, options, sink);
  } finally {
    // Whoever gives the bytes may have a file open.
    await pieces.return();
  }
}

async function readPieces(pieces: Pieces, options: TableOptions, sink: RowSink): Promise<RowsReading> {
  const head = await takeHead(pieces);
  const format = foreignFormat(head.bytes);
  if (format !== null) return { outcome: "refused", refusal: { reason: "foreign-format", format } };
  const text = createTextReader(head.bytes);
  const sample = text.push(head.bytes) + (head.isWhole ? text.end() : "");
  const start = startTable(sample, head.isWhole, options);
  if (options.signal?.aborted === true) return { outcome: "aborted" };
  if (start.outcome !== "started") return start;
  return readBody({ start, text, pieces, isWhole: head.isWhole }, options, sink);
}

type Body = {
  readonly start: TableStart;
  readonly text: TextReader;
  readonly pieces: Pieces;
  /** Whether the start was all of the file. */
  readonly isWhole: boolean;
};

async function readBody(body: Body, options: TableOptions, sink: RowSink): Promise<RowsReading> {
  const { start, text, pieces } = body;
  const { delimiter, header, mapping, unused } = start;
  let count = 0;
  const counting: RowSink = {
    accept: (row) => [count++, sink.accept(row)],
    reject: (rejection) => [count++, sink.reject(rejection)],
  };
  const parser = createRowParser(start, options, counting);
  const failed = (outcome: RowsOutcome) => failureOf(outcome, header);

  let failure = failed(parser.push(start.records)) ?? stopped(start.stop);
  /** Gives the failure that ends reading, or null. */
  const read = (next: string, isLast: boolean): RowsReading | null => {
    const { records, stop } = start.reader.push(next, isLast);
    return failed(parser.push(records)) ?? stopped(stop);
  };
  if (!body.isWhole) {
    for await (const piece of pieces) {
      failure ??= read(text.push(piece), false);
      if (failure !== null) return failure;
    }
    failure ??= read(text.end(), true);
  }
  if (options.signal?.aborted === true) return { outcome: "aborted" };
  failure ??= failed(parser.end());
  if (failure !== null) return failure;
  if (count === 0) return { outcome: "refused", refusal: { reason: "no-rows" } };
  return {
    outcome: "read",
    ...{ delimiter, header, mapping, unused },
    ...parser.result(),
    encoding: text.encoding(),
  };
}

function stopped(refusal: RecordStop | null): RowsReading | null {
  return refusal === null ? null : { outcome: "refused", refusal };
}

function failureOf(outcome: RowsOutcome, header: readonly string[]): RowsReading | null {
  switch (outcome.outcome) {
    case "going-on":
      return null;
    case "ambiguous":
      return { outcome: "asked", question: { kind: "decimal", examples: outcome.examples }, header };
    case "too-many-rows":
      return { outcome: "refused", refusal: { reason: "too-many-rows" } };
    default:
      return outcome satisfies never;
  }
}
