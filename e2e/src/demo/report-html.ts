/** The demo's report as one HTML file that needs nothing else: styles, curves and pictures are inside. Pure. */
import { classNamesOf, type SyntheticSetView, sampleOf } from "@tributary/protocol";
import {
  type Chart,
  type CurvePoint,
  chartSvg,
  escapeHtml,
  htmlPage,
  htmlTable,
  pictureGrid,
  pngAddress,
} from "@tributary/report";
import type { Report } from "./report.ts";
import { REPORT_CSS } from "./report-css.ts";

/** How and on what the report was made, for people. */
export type Making = {
  readonly command: string;
  readonly machine: string;
  readonly browser: string;
  readonly seconds: number;
  readonly madeAt: Date;
};

export type ReportInput = {
  readonly report: Report;
  readonly set: SyntheticSetView;
  /** [iteration, D] of the synthesis. */
  readonly distances: readonly (readonly [number, number])[];
  readonly making: Making;
  /** Names of the files below exports/. */
  readonly files: readonly string[];
};

/** The report as HTML. */
export function reportHtml(input: ReportInput): string {
  const body = [
    headline(input),
    accuracySection(input.report),
    syntheticSection(input),
    roundsSection(input.report),
    makingSection(input),
  ].join("\n");
  return htmlPage({ title: "Tributary demo: DynaFed beside FedAvg", css: REPORT_CSS, body, script: null });
}

function headline({ report }: ReportInput): string {
  const { accuracyFedAvg, accuracyDynafed } = report.final;
  const points = (accuracyDynafed - accuracyFedAvg) * 100;
  const { distanceFirst, distanceLast } = report.synthesis;
  const sample = sampleOf(report.config.plan);
  return `<header>
<p class="eyebrow">Tributary demo</p>
<h1>${sample.shards} browsers, ${report.rounds.length} rounds, one model</h1>
<p>Each page trained on its own, very different part of ${escapeHtml(sample.dataset)} (Dirichlet, α = ${sample.alpha}). The server
averaged, learned ${classNamesOf(report.config.plan).length * imagesPerClass(report)} synthetic images from its own
snapshots, and fine-tuned every later average on them.</p>
<dl class="figures">
${figure("DynaFed", percent(accuracyDynafed), "test accuracy, mean of the last 5 rounds")}
${figure("FedAvg", percent(accuracyFedAvg), "same seed, shards and rounds, without DynaFed")}
${figure("Difference", `${points >= 0 ? "+" : "−"}${Math.abs(points).toFixed(1)}`, "percentage points")}
${figure("Distance D", `${distanceFirst.toFixed(2)} → ${distanceLast.toFixed(2)}`, "first and last 20 iterations")}
</dl>
</header>`;
}

function figure(name: string, value: string, note: string): string {
  return `<div><dt>${name}</dt><dd class="value">${value}</dd><dd class="note">${note}</dd></div>`;
}

function accuracySection(report: Report): string {
  const averaged = report.rounds.flatMap(({ round, accuracyAggregate }) => point(round, accuracyAggregate));
  const refined = report.rounds.flatMap(({ round, accuracyRefined }) => point(round, accuracyRefined));
  const fedavg = report.fedavg.map((accuracy, index) => ({ x: index + 1, y: accuracy }));
  const chart: Chart = {
    title: "Test accuracy after each round: averaged, refined, and plain FedAvg",
    xName: "round",
    ...{ yFrom: 0, yTo: 1, yStep: 0.2 },
    yLabel: (value) => `${Math.round(value * 100)} %`,
    mark: refined[0] ? { x: refined[0].x - 0.5, words: "synthesis" } : null,
    curves: [
      { name: "after refine", index: REFINED, points: refined },
      { name: "before refine", index: AVERAGED, points: averaged },
      { name: "plain FedAvg", index: FEDAVG, points: fedavg },
    ],
    namesAtEnds: true,
  };
  return `<section>
<h2>Accuracy on ${sampleOf(report.config.plan).test} test images</h2>
<figure>${chartSvg(chart)}
<figcaption>Before refine: the average of the volunteers' models. After refine: the same model, fine-tuned on the
synthetic set; it is what the next round starts from.</figcaption></figure>
</section>`;
}

/** Colours and dashes of the curves: FedAvg is dashed. */
const [REFINED, AVERAGED, FEDAVG] = [1, 2, 8];

function point(x: number, y: number | null): readonly CurvePoint[] {
  return y === null ? [] : [{ x, y }];
}

function syntheticSection({ report, set, distances }: ReportInput): string {
  const names = classNamesOf(report.config.plan);
  const cards = set.labels.map((label, index) => imageCard(set, index, label, names));
  return `<section>
<h2>The synthetic set</h2>
<p>${set.labels.length} images with soft labels, learned in ${report.synthesis.iterations} iterations
(${(report.synthesis.ms / 1000).toFixed(0)} s on ${escapeHtml(report.synthesis.backend)}) so that a few steps of training
on them lead from one snapshot of the run to a later one. They are not pictures of anybody's data; no volunteer sees
them. Learned inner step: ${set.innerStep.toFixed(4)}.</p>
<div class="cards">${cards.join("\n")}</div>
<figure>${chartSvg(distanceChart(distances))}
<figcaption>D = |θ<sub>T</sub> − target|² / |start − target|²: 1 means that the steps lead nowhere, 0 that they reach
the target.</figcaption></figure>
</section>`;
}

function distanceChart(distances: ReportInput["distances"]): Chart {
  const highest = Math.max(...distances.map(([, distance]) => distance), 0.1);
  const yTo = Math.ceil(highest * 10) / 10;
  return {
    title: "Distance D at each iteration of the synthesis",
    xName: "iteration",
    ...{ yFrom: 0, yTo, yStep: yTo / 5 },
    yLabel: (value) => value.toFixed(2),
    mark: null,
    curves: [{ name: "D", index: REFINED, points: distances.map(([x, y]) => ({ x, y })) }],
    namesAtEnds: true,
  };
}

const SHOWN_LABELS = 3;

function imageCard(
  set: SyntheticSetView,
  index: number,
  label: readonly number[],
  names: readonly string[],
): string {
  const [height, width, channels] = set.image;
  const all = Buffer.from(set.pixels, "base64"); // [images, height, width, channels]
  const size = height * width * channels;
  const values = all.subarray(index * size, (index + 1) * size);
  const { png } = pictureGrid([{ values, height, width, channels }], 1, 0);
  const own = names[Math.floor(index / set.imagesPerClass)] ?? "";
  const bars = label
    .map((share, at) => ({ share, name: names[at] ?? String(at) }))
    .sort((a, b) => b.share - a.share)
    .slice(0, SHOWN_LABELS)
    .map(({ share, name }) => labelBar(name, share));
  return `<article><img src="${pngAddress(png)}" width="84" height="84" alt="synthetic image ${index + 1}, begun as ${escapeHtml(own)}">
<ul>${bars.join("")}</ul></article>`;
}

function labelBar(name: string, share: number): string {
  return `<li><span>${escapeHtml(name)}</span><meter min="0" max="1" value="${share.toFixed(3)}"></meter><b>${Math.round(share * 100)}</b></li>`;
}

function roundsSection({ rounds, fedavg }: Report): string {
  const cells = rounds.map((row, index) => [
    String(row.round),
    String(row.participants),
    optionalPercent(row.accuracyAggregate),
    optionalPercent(row.accuracyRefined),
    optionalPercent(fedavg[index] ?? null),
    row.loss === null ? "" : row.loss.toFixed(3),
    megabytes(row.bytesUp),
    megabytes(row.bytesDown),
    row.ms === null ? "" : (row.ms / 1000).toFixed(1),
  ]);
  const heads = [
    "round",
    "volunteers",
    "before refine",
    "after refine",
    "plain FedAvg",
    "local loss",
    "MB up",
    "MB down",
    "seconds",
  ];
  return `<section>
<h2>Every round</h2>
${htmlTable({ label: "Every round", heads, rows: cells, headColumn: null })}
</section>`;
}

function makingSection({ report, making, files }: ReportInput): string {
  const plan = JSON.stringify(report.config.plan, null, 2);
  return `<section>
<h2>How this was made</h2>
<p><code>${escapeHtml(making.command)}</code></p>
<p>${escapeHtml(making.machine)}; ${escapeHtml(making.browser)}; ${Math.round(making.seconds)} s in all,
${escapeHtml(making.madeAt.toISOString().slice(0, 16).replace("T", " "))} UTC. The volunteers were real pages in headless
Chromium, training over the real WebSocket of a server with a fresh database. The plain FedAvg run went through
<code>npm run simulate</code>.</p>
<details><summary>The plan</summary><pre>${escapeHtml(plan)}</pre></details>
<details><summary>The run's ${files.length} exported files</summary><ul>${files
    .map((name) => `<li><a href="exports/${escapeHtml(name)}">${escapeHtml(name)}</a></li>`)
    .join("")}</ul></details>
</section>`;
}

function imagesPerClass({ config }: Report): number {
  return config.plan.dynafed?.imagesPerClass ?? 0;
}

/** "12.3 %" of a share 0..1. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function optionalPercent(share: number | null): string {
  return share === null ? "" : percent(share);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}
