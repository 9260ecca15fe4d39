/** An experiment's page: one HTML file that needs nothing else. Pure. */
import type { Headline } from "@tributary/protocol";
import {
  type Chart,
  type Curve,
  chartSvg,
  escapeHtml,
  htmlPage,
  htmlTable,
  legendLine,
  pngAddress,
} from "@tributary/report";
import { kindOfHeadline } from "../data/headline.ts";
import { splitWords } from "../data/split.ts";
import type { ImageGrid } from "./image-grid.ts";
import { PAGE_CSS, PAGE_SCRIPT } from "./page-parts.ts";
import { type FinishedRun, figureOfRow, type Group, groupsOf, headlineOf, type TableRow } from "./results.ts";
import { tableCells, tableHeads, tableNotes } from "./table.ts";

export type PageInput = {
  readonly title: string;
  readonly about: string;
  /** Finished runs, in the table's order. */
  readonly runs: readonly FinishedRun[];
  readonly rows: readonly TableRow[];
  /** Runs that were asked for and are not finished. */
  readonly unfinished: number;
  readonly grids: readonly { readonly run: FinishedRun; readonly grid: ImageGrid }[];
};

/** Methods that are shown at first: more curves are hard to follow. */
const SHOWN_AT_FIRST = 8;

/** The page as HTML. */
export function experimentPage(input: PageInput): string {
  const { title, about, runs, unfinished } = input;
  const state = unfinished === 0 ? "" : ` ${unfinished} runs are not finished and not shown.`;
  const body = `<header>
<p class="eyebrow">Tributary experiment</p>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(about)} ${runs.length} finished runs.${state}</p>
</header>
${curvesSection(runs)}
${tableSection(input.rows)}
${imagesSection(input.grids)}
${makingSection(runs)}`;
  return htmlPage({ title, css: PAGE_CSS, body, script: PAGE_SCRIPT });
}

function curvesSection(runs: readonly FinishedRun[]): string {
  const groups = groupsOf(runs);
  const methods = [...new Set(groups.map(({ method }) => method))];
  const splits = [...new Set(groups.map(({ split }) => splitWords(split)))];
  const headline = headlineOf(runs);
  const legend = methods
    .map((method, index) => {
      const checked = index < SHOWN_AT_FIRST ? " checked" : "";
      return `<label><input type="checkbox" value="${index}"${checked}>${legendLine(index)}${escapeHtml(method)}</label>`;
    })
    .join("\n");
  const charts = splits.map((split) => {
    const curves = groups
      .filter((group) => splitWords(group.split) === split)
      .map((group) => curveOf(group, methods.indexOf(group.method)));
    return splitFigure({ split, headline, curves, mark: synthesisRound(runs, split) });
  });
  return `<section>
<h2>Test ${kindOfHeadline(headline).words} by round</h2>
<p>Lines are means over seeds; bands reach from the lowest seed to the highest. Figures are of the model that the
next round starts from: after refining, where there is a synthetic set.</p>
<fieldset class="legend"><legend>Methods</legend>${legend}</fieldset>
${charts.join("\n")}
</section>`;
}

type SplitFigure = {
  readonly split: string;
  readonly headline: Headline;
  readonly curves: readonly Curve[];
  readonly mark: number | null;
};

/** From 0 to 1 at most for what is a share; an R squared below 0 and an error above 2 are drawn at the edge. */
function splitFigure({ split, headline, curves, mark }: SplitFigure): string {
  const { words, isShare } = kindOfHeadline(headline);
  const highest = Math.max(0.1, ...curves.flatMap(({ points }) => points.map(({ y, high = y }) => high)));
  const top = Math.min(headline === "rmse" ? 2 : 1, Math.ceil(highest * 10) / 10);
  const edge = (value: number) => Math.min(top, Math.max(0, value));
  const within = curves.map((curve) => ({
    ...curve,
    points: curve.points.map(({ x, y, low = y, high = y }) => ({
      ...{ x, y: edge(y), low: edge(low), high: edge(high) },
    })),
  }));
  const chart: Chart = {
    title: `Test ${words} by round, ${split}: ${curves.map(({ name }) => name).join(", ")}. The table below has the figures.`,
    xName: "round",
    curves: within,
    ...{ yFrom: 0, yTo: top, yStep: top > 0.5 ? 0.2 : 0.1 },
    yLabel: (value) => (isShare ? `${Math.round(value * 100)} %` : value.toFixed(1)),
    mark: mark === null ? null : { x: mark + 0.5, words: "synthesis" },
    namesAtEnds: false,
  };
  return `<figure><figcaption>${escapeHtml(split)}</figcaption>${chartSvg(chart)}</figure>`;
}

function curveOf({ method, runs }: Group, index: number): Curve {
  const headline = headlineOf(runs);
  const length = Math.min(...runs.map(({ rounds }) => rounds.length));
  const points = Array.from({ length }, (_, at) => {
    const values = runs.flatMap(({ rounds }) => {
      const row = rounds[at];
      return row === undefined ? [] : [figureOfRow(row, headline)];
    });
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { x: at + 1, y: mean, low: Math.min(...values), high: Math.max(...values) };
  });
  return { name: method, index, points };
}

/** The last round before the synthesis, if all runs with this split that have a synthesis agree on it; else null. */
function synthesisRound(runs: readonly FinishedRun[], split: string): number | null {
  const rounds = runs
    .filter(({ manifest }) => splitWords(manifest.split) === split)
    .flatMap(({ manifest }) => (manifest.plan.dynafed === null ? [] : [manifest.plan.dynafed.snapshots - 1]));
  return new Set(rounds).size === 1 ? (rounds[0] as number) : null;
}

function tableSection(rows: readonly TableRow[]): string {
  const table = htmlTable({
    label: "Table of results",
    heads: tableHeads(rows),
    rows: rows.map(tableCells),
    headColumn: 1,
  });
  return `<section>
<h2>Table</h2>
${table}
<p class="note">${escapeHtml(tableNotes(rows))}</p>
</section>`;
}

function imagesSection(grids: PageInput["grids"]): string {
  if (grids.length === 0) return "";
  const figures = grids.map(({ run, grid }) => {
    const { method, split, seed } = run.manifest;
    const [first, last] = grid.distances;
    const words = `${method}, ${splitWords(split)}, seed ${seed}`;
    return `<figure><img src="${pngAddress(grid.png)}" width="${grid.width}" height="${grid.height}" alt="${grid.images} synthetic images of ${escapeHtml(words)}, a row for each of ${grid.classes} classes">
<figcaption>${escapeHtml(words)}. D ${first.toFixed(3)} to ${last.toFixed(3)} (means of the first and last 20 iterations); inner step ${grid.innerStep.toFixed(4)}.</figcaption></figure>`;
  });
  return `<section>
<h2>Synthetic images</h2>
<p>Of the first seed. A row holds the images that began as one class; they are not pictures of anybody's data.</p>
<div class="grids">${figures.join("\n")}</div>
</section>`;
}

function makingSection(runs: readonly FinishedRun[]): string {
  const [first] = runs;
  if (first === undefined) return "";
  const commands = [...new Set(runs.map(({ manifest }) => manifest.command))];
  const manifests = runs.map(
    ({ manifest }) =>
      `<details><summary>${escapeHtml(`${manifest.method}, ${splitWords(manifest.split)}, seed ${manifest.seed}`)}</summary><pre tabindex="0">${escapeHtml(JSON.stringify(manifest, null, 2))}</pre></details>`,
  );
  return `<section>
<h2>How this was made</h2>
${commands.map((command) => `<p><code>${escapeHtml(command)}</code></p>`).join("\n")}
<details><summary>The ${runs.length} manifests</summary>${manifests.join("\n")}</details>
</section>`;
}
