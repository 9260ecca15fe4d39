/** An experiment's page: one HTML file that needs nothing else. Pure. */
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
import type { ImageGrid } from "./image-grid.ts";
import { PAGE_CSS, PAGE_SCRIPT } from "./page-parts.ts";
import { type FinishedRun, type Group, groupsOf, type TableRow } from "./results.ts";
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
  const alphas = [...new Set(groups.map(({ alpha }) => alpha))];
  const legend = methods
    .map((method, index) => {
      const checked = index < SHOWN_AT_FIRST ? " checked" : "";
      return `<label><input type="checkbox" value="${index}"${checked}>${legendLine(index)}${escapeHtml(method)}</label>`;
    })
    .join("\n");
  const charts = alphas.map((alpha) => {
    const curves = groups
      .filter((group) => group.alpha === alpha)
      .map((group) => curveOf(group, methods.indexOf(group.method)));
    return alphaFigure(alpha, curves, synthesisRound(runs, alpha));
  });
  return `<section>
<h2>Test accuracy by round</h2>
<p>Lines are means over seeds; bands reach from the lowest seed to the highest. Accuracy is that of the model that the
next round starts from: after refining, where there is a synthetic set.</p>
<fieldset class="legend"><legend>Methods</legend>${legend}</fieldset>
${charts.join("\n")}
</section>`;
}

function alphaFigure(alpha: number, curves: readonly Curve[], mark: number | null): string {
  const values = curves.flatMap(({ points }) => points.map(({ y, high = y }) => high));
  const top = Math.min(1, Math.ceil(Math.max(0.1, ...values) * 10) / 10);
  const chart: Chart = {
    title: `Test accuracy by round at alpha ${alpha}: ${curves.map(({ name }) => name).join(", ")}. The table below has the figures.`,
    xName: "round",
    curves,
    ...{ yFrom: 0, yTo: top, yStep: top > 0.5 ? 0.2 : 0.1 },
    yLabel: (value) => `${Math.round(value * 100)} %`,
    mark: mark === null ? null : { x: mark + 0.5, words: "synthesis" },
    namesAtEnds: false,
  };
  return `<figure><figcaption>alpha ${alpha}</figcaption>${chartSvg(chart)}</figure>`;
}

function curveOf({ method, runs }: Group, index: number): Curve {
  const length = Math.min(...runs.map(({ rounds }) => rounds.length));
  const points = Array.from({ length }, (_, at) => {
    const values = runs.map(({ rounds }) => rounds[at]?.accuracy ?? 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { x: at + 1, y: mean, low: Math.min(...values), high: Math.max(...values) };
  });
  return { name: method, index, points };
}

/** The last round before the synthesis, if all runs at this alpha that have a synthesis agree on it; else null. */
function synthesisRound(runs: readonly FinishedRun[], alpha: number): number | null {
  const rounds = runs
    .filter(({ manifest }) => manifest.alpha === alpha)
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
<p class="note">${escapeHtml(tableNotes)}</p>
</section>`;
}

function imagesSection(grids: PageInput["grids"]): string {
  if (grids.length === 0) return "";
  const figures = grids.map(({ run, grid }) => {
    const { method, alpha, seed } = run.manifest;
    const [first, last] = grid.distances;
    const words = `${method}, alpha ${alpha}, seed ${seed}`;
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
      `<details><summary>${escapeHtml(`${manifest.method}, alpha ${manifest.alpha}, seed ${manifest.seed}`)}</summary><pre tabindex="0">${escapeHtml(JSON.stringify(manifest, null, 2))}</pre></details>`,
  );
  return `<section>
<h2>How this was made</h2>
${commands.map((command) => `<p><code>${escapeHtml(command)}</code></p>`).join("\n")}
<details><summary>The ${runs.length} manifests</summary>${manifests.join("\n")}</details>
</section>`;
}
