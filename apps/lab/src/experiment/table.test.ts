import { testPlan } from "@tributary/rounds/testing";
import { expect, test } from "vitest";
import { measured } from "../../testing/measured.ts";
import { SIMULATION_FORMAT } from "../run/manifest.ts";
import { summarize } from "../simulation/result-files.ts";
import { experimentPage } from "./page.ts";
import { type FinishedRun, tableRows } from "./results.ts";
import { tableCsv, tableMarkdown } from "./table.ts";

const plan = testPlan({ rounds: 3, cohort: { minimum: 2, size: 2, quorum: 2, deadlineMs: 1000 } });

function run(method: string, seed: number, accuracies: readonly number[]): FinishedRun {
  const rounds = accuracies.map((accuracy, at) => ({
    ...{ round: at + 1, participants: 2, aggregate: measured(accuracy), refined: null, federated: null },
    ...{ loss: 1, bytesUp: 1, bytesDown: 1 },
  }));
  const spent = { train: 10, evaluate: 1, synthesize: 5, refine: 2 };
  return {
    folder: `runs/${method}-${seed}`,
    rounds: rounds.map((round, at) => ({
      ...round,
      accuracyAggregate: 0,
      accuracyRefined: null,
      accuracy: accuracies[at] ?? 0,
    })),
    summary: {
      ...summarize(rounds, "accuracy"),
      seconds: 18,
      spent,
      cpuSeconds: 17,
      peakMemoryBytes: 1e8,
    },
    manifest: {
      ...{ format: SIMULATION_FORMAT, version: 1 },
      ...{ preset: "p", scale: "desk", method, seed, plan, volunteersTrain: "always" },
      split: { kind: "dirichlet", alpha: 0.04 },
      data: { folder: "d", sha256: "0", input: [4, 4, 1], outputs: 2, train: 10, test: 10 },
      ...{ backend: "wasm", adapter: "CPU", versions: {}, command: "npm run experiment -- p <&>" },
    },
  };
}

const runs = [
  run("FedAvg", 1, [0.2, 0.4, 0.6]),
  run("FedAvg", 2, [0.1, 0.6, 0.4]),
  run("A|B <i>", 1, [0.1, 0.2, 0.3]),
];

test("[Q12] a table's row has mean and sample deviation over seeds, the deviation within a run, and rounds to targets", () => {
  const [fedavg, other] = tableRows(runs, [0.5, 0.9]);
  expect(fedavg).toMatchObject({
    split: { kind: "dirichlet", alpha: 0.04 },
    headline: "accuracy",
    method: "FedAvg",
    seeds: [1, 2],
    seconds: 18,
    synthesisSeconds: 5,
  });
  expect(fedavg?.final.mean).toBeCloseTo(0.5, 12);
  expect(fedavg?.final.std).toBeCloseTo(Math.SQRT2 * 0.1, 12);
  // The population's deviation within the last half of each run: of 0.4, 0.6 and of 0.6, 0.4.
  expect(fedavg?.calm).toBeCloseTo(0.1, 12);
  expect(fedavg?.best.mean).toBeCloseTo(0.6, 12);
  expect(fedavg?.targets).toEqual([
    { target: 0.5, round: 2.5, seeds: 2 },
    { target: 0.9, round: null, seeds: 0 },
  ]);
  expect(other?.final).toEqual({ mean: 0.3, std: null });
});

test("[Q12] the table's CSV has numbers in full, its Markdown the same in percent", () => {
  const rows = tableRows(runs, [0.5]);
  const [head, first, second] = tableCsv(rows).split("\r\n");
  expect(head).toContain("split,method,seeds,finalMean,finalStd,last20Mean");
  expect(first).toMatch(/^alpha 0.04,FedAvg,1 2,0.5,0.14142/);
  expect(second).toMatch(/^alpha 0.04,A\|B <i>,1,0.3,,/);
  const lines = tableMarkdown(rows).split("\n");
  expect(lines[2]).toMatch(/^\| alpha 0.04 \| FedAvg \| 1 2 \| 50.00 ± 14.14 \|/);
  expect(lines[3]).toContain("A\\|B <i>");
  expect(lines[3]).toContain("| never |");
  expect(tableCsv([])).toBe("split,method\r\n");
});

test("[Q13] the page needs nothing from outside, escapes its inputs, and shows every method, row and manifest", () => {
  const rows = tableRows(runs, [0.5]);
  const page = experimentPage({ title: "t <b>", about: "About.", runs, rows, unfinished: 2, grids: [] });
  expect(page).not.toMatch(/<(?:i|b)>|(?:src|href)="(?!data:)|@import|url\(/);
  expect(page).toContain("2 runs are not finished");
  expect(page.match(/<g data-curve="/g)).toHaveLength(2);
  expect(page).toContain("A|B &#60;i&#62;");
  expect(page).toContain('role="img" aria-label="Test accuracy by round, alpha 0.04');
  expect(page.match(/"preset": |&#34;preset&#34;: /g)).toHaveLength(3);
  expect(page).toContain("npm run experiment -- p &#60;&#38;&#62;");
  expect(experimentPage({ title: "t", about: "a", runs: [], rows: [], unfinished: 1, grids: [] })).toContain(
    "0 finished",
  );
});
