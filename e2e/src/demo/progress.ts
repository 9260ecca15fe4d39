/** What the demo prints while it runs: a row for each finished round, and below them what is happening now. */
import type { RoundRow, RunDetail } from "@tributary/protocol";

const COLUMNS = [
  ["round", 6],
  ["volunteers", 11],
  ["before refine", 14],
  ["after refine", 13],
  ["local loss", 11],
  ["MB up", 7],
  ["MB down", 8],
  ["seconds", 8],
] as const;

export const PROGRESS_HEAD = cells(COLUMNS.map(([name]) => name));

/** One line of the table. */
export function progressRow(row: RoundRow): string {
  if (row.outcome === "abandoned") return `${cells([String(row.round), "abandoned"])}`;
  return cells([
    String(row.round),
    String(row.participants),
    percent(row.accuracyAggregate),
    percent(row.accuracyRefined),
    row.loss === null ? "" : row.loss.toFixed(3),
    (row.bytesUp / 1e6).toFixed(2),
    (row.bytesDown / 1e6).toFixed(2),
    row.ms === null ? "" : (row.ms / 1000).toFixed(1),
  ]);
}

/** Whether the row will not change any more: closed, evaluated, and refined where it is to be refined. */
export function isSettled(row: RoundRow): boolean {
  if (row.outcome === "abandoned") return true;
  if (row.outcome === "open" || row.accuracyAggregate === null) return false;
  return row.refinedSnapshot === null || row.accuracyRefined !== null;
}

/** What the run is doing, for people. */
function activityWords({ summary, synthesis }: RunDetail): string {
  const { activity, plan } = summary;
  switch (activity.state) {
    case "waiting":
      return `waiting for volunteers: ${activity.available} of ${activity.needed}`;
    case "collecting":
      return `round ${activity.round} of ${plan.rounds}: ${activity.reported} of ${activity.asked} reported`;
    case "aggregating":
      return `round ${activity.round} of ${plan.rounds}: aggregating`;
    case "synthesizing":
      return synthesisWords(activity, synthesis);
    case "refining":
      return `round ${activity.round} of ${plan.rounds}: refining`;
    case "paused":
      return "paused";
    case "stopped":
      return "stopped";
    case "finished":
      return "finished, evaluating the last rounds";
    default:
      return activity satisfies never;
  }
}

function synthesisWords(
  { iteration, iterations }: { readonly iteration: number; readonly iterations: number },
  synthesis: RunDetail["synthesis"],
): string {
  const distance = synthesis?.distances.at(-1)?.[1];
  const words = `synthesis: iteration ${iteration} of ${iterations}`;
  return distance === undefined ? words : `${words}, D ${distance.toFixed(3)}`;
}

export type ProgressView = {
  show(detail: RunDetail): void;
  /** Prints a line. */
  say(line: string): void;
  end(): void;
};

const PLAIN_EVERY_MS = 15_000;

/** In a terminal the last line is rewritten. Elsewhere it is printed now and then, if it is new. */
export function progressView(out: NodeJS.WriteStream, nowMs: () => number): ProgressView {
  let shown = 0;
  let status = "";
  let plainAtMs = 0;
  const clear = out.isTTY ? "\r\x1b[2K" : "";
  const line = (text: string) => {
    out.write(`${clear}${text}\n`);
    if (out.isTTY) out.write(status);
  };
  return {
    show(detail) {
      const closed = detail.rounds.filter(({ outcome }) => outcome !== "open");
      for (; shown < closed.length; shown += 1) {
        const row = closed[shown];
        if (row === undefined || !isSettled(row)) break;
        if (shown === 0) line(PROGRESS_HEAD);
        line(progressRow(row));
      }
      const words = activityWords(detail);
      if (words === status) return;
      if (out.isTTY) out.write(`${clear}${words}`);
      else if (nowMs() - plainAtMs >= PLAIN_EVERY_MS) {
        plainAtMs = nowMs();
        out.write(`${words}\n`);
      }
      status = words;
    },
    say: line,
    end() {
      status = "";
      out.write(clear);
    },
  };
}

function percent(share: number | null): string {
  return share === null ? "" : `${(share * 100).toFixed(1)} %`;
}

function cells(values: readonly string[]): string {
  return values.map((value, index) => value.padStart(COLUMNS[index]?.[1] ?? 0)).join(" ");
}
