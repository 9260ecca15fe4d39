import type { RoundRow, RunDetail, SyntheticSetView } from "@tributary/protocol";
import { describe, expect, test } from "vitest";
import { demoPlan, twinConfig } from "./demo-plan.ts";
import { fashionMnist } from "./demo-task.ts";
import { accuraciesFrom } from "./fedavg-twin.ts";
import { isSettled, PROGRESS_HEAD, progressRow } from "./progress.ts";
import { buildReport } from "./report.ts";
import { reportHtml } from "./report-html.ts";

const PLAN = demoPlan(
  { task: "fashion-mnist", out: "x", volunteers: 4, rounds: 8, alpha: 0.04, seed: 1 },
  fashionMnist,
);
const ROUNDS = Array.from({ length: 8 }, (_, index) => roundRow(index + 1));
const FEDAVG = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];

/** Rounds 1 to 4 are averaged only, 5 to 8 refined. */
function roundRow(round: number): RoundRow {
  return {
    round,
    outcome: "aggregated",
    participants: 4,
    asked: 4,
    refused: 0,
    examples: 6000,
    loss: 0.5,
    accuracyAggregate: round / 20,
    lossAggregate: 1,
    accuracyRefined: round > 4 ? round / 10 : null,
    lossRefined: round > 4 ? 1 : null,
    bytesUp: 1000 * round,
    bytesDown: 2000 * round,
    ms: 5000,
    startSnapshot: "a",
    aggregateSnapshot: "b",
    refinedSnapshot: round > 4 ? "c" : null,
    startedAt: "2026-01-01T00:00:00.000Z",
    closedAt: "2026-01-01T00:00:05.000Z",
    figuresAggregate: null,
    figuresRefined: null,
    startRound: round - 1,
    federated: null,
  };
}

function detail(): RunDetail {
  return {
    summary: {
      id: "dynafed-demo",
      name: "DynaFed demo",
      createdAt: "2026-01-01T00:00:00.000Z",
      plan: PLAN,
      activity: { state: "finished", round: 8 },
      completedRounds: 8,
      connectedVolunteers: 4,
    },
    live: null,
    rounds: ROUNDS,
    volunteers: [],
    synthesis: {
      round: 5,
      state: "done",
      backend: "wasm",
      iteration: 100,
      iterations: 100,
      distances: Array.from({ length: 100 }, (_, index) => [index + 1, 1 - index / 100] as [number, number]),
      ms: 110_000,
      failure: null,
    },
  };
}

describe("report.json", () => {
  const report = buildReport(detail(), twinConfig(PLAN), FEDAVG);

  test("[E3] the finals are means over the last five rounds, refined where the round was refined", () => {
    // Round 4 is averaged only: 4 / 20.
    expect(report.final.accuracyDynafed).toBeCloseTo((0.2 + 0.5 + 0.6 + 0.7 + 0.8) / 5, 12);
    expect(report.final.accuracyFedAvg).toBeCloseTo(0.6, 12);
  });

  test("[E3] the distances are means over the first and the last twenty iterations", () => {
    expect(report.synthesis.distanceFirst).toBeCloseTo(1 - 9.5 / 100, 12);
    expect(report.synthesis.distanceLast).toBeCloseTo(1 - 89.5 / 100, 12);
    expect(report.synthesis).toMatchObject({ iterations: 100, backend: "wasm", ms: 110_000 });
  });

  test("[E3] every round has what a reader compares", () => {
    expect(report.rounds).toHaveLength(8);
    expect(report.rounds[0]).toEqual({
      round: 1,
      participants: 4,
      accuracyAggregate: 0.05,
      accuracyRefined: null,
      loss: 0.5,
      bytesUp: 1000,
      bytesDown: 2000,
      ms: 5000,
    });
  });

  test("[E3] a report without a finished synthesis is refused", () => {
    expect(() => buildReport({ ...detail(), synthesis: null }, twinConfig(PLAN), FEDAVG)).toThrow(
      "missing, not done",
    );
  });

  test("[E3] the accuracies of the plain FedAvg run are read by their column's name", () => {
    expect(accuraciesFrom("round,accuracyAggregate,loss\n1,0.5,2\n2,0.75,1\n")).toEqual([0.5, 0.75]);
    expect(() => accuraciesFrom("round,loss\n1,2\n")).toThrow('no column accuracyAggregate: "round,loss"');
    expect(() => accuraciesFrom("round,accuracyAggregate\n1,NaN\n")).toThrow('got "NaN"');
    expect(() => accuraciesFrom("round,accuracyAggregate\n1,\n")).toThrow('got ""');
  });
});

describe("report.html", () => {
  const set: SyntheticSetView = {
    round: 5,
    final: true,
    imagesPerClass: 3,
    image: [28, 28, 1],
    innerStep: 0.4,
    pixels: Buffer.alloc(30 * 784, 7).toString("base64"),
    rows: null,
    labels: Array.from({ length: 30 }, () => Array.from({ length: 10 }, () => 0.1)),
  };
  const html = reportHtml({
    report: buildReport(detail(), twinConfig(PLAN), FEDAVG),
    set,
    distances: detail().synthesis?.distances ?? [],
    making: {
      command: 'npm run demo -- --out "<x>"',
      machine: "2 cores",
      browser: "Chromium 1",
      seconds: 300,
      madeAt: new Date(0),
    },
    files: ["rounds.csv"],
  });

  test("[E4] the page needs nothing from outside and escapes what it is told", () => {
    expect(html).not.toMatch(/(src|href)="(?!data:image\/png;base64,|exports\/)/);
    expect(html).not.toContain("<script");
    expect(html).not.toContain("<x>");
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("[E4] the page shows three accuracy curves, every synthetic image and every round", () => {
    for (const name of ["before refine", "after refine", "plain FedAvg"])
      expect(html).toContain(`>${name}</text>`);
    expect(html.match(/<img /g)).toHaveLength(30);
    expect(html.match(/<polyline /g)).toHaveLength(4);
    expect(html.match(/<tr><td>/g)).toHaveLength(8);
  });
});

describe("the table in the terminal", () => {
  test("[E5] a round is shown once its accuracies are known", () => {
    const refined = roundRow(5);
    expect(isSettled(refined)).toBe(true);
    expect(isSettled({ ...refined, accuracyRefined: null })).toBe(false);
    expect(isSettled({ ...refined, accuracyAggregate: null })).toBe(false);
    expect(isSettled({ ...roundRow(1), outcome: "open" })).toBe(false);
    expect(isSettled({ ...roundRow(1), outcome: "abandoned", accuracyAggregate: null })).toBe(true);
  });

  test("[E5] its columns line up", () => {
    expect(progressRow(roundRow(5))).toHaveLength(PROGRESS_HEAD.length);
    expect(progressRow(roundRow(5))).toContain("50.0 %");
  });
});
