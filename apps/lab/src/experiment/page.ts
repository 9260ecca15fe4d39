/** An experiment's page: one HTML file that needs nothing else. Pure. */
import { type Band, bandChartSvg, escapeHtml, legendLine } from "./band-chart.ts";
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

/** Shown at first where there are more methods than eyes can follow. */
const SHOWN_AT_FIRST = 8;

export function experimentPage(input: PageInput): string {
  const { title, about, runs, unfinished } = input;
  const state = unfinished === 0 ? "" : ` ${unfinished} runs are not finished and not shown.`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${PAGE_CSS}</style>
</head>
<body>
<main>
<header>
<p class="eyebrow">Tributary experiment</p>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(about)} ${runs.length} finished runs.${state}</p>
</header>
${curvesSection(runs)}
${tableSection(input.rows)}
${imagesSection(input.grids)}
${makingSection(runs)}
</main>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
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
    const bands = groups
      .filter((group) => group.alpha === alpha)
      .map((group) => bandOf(group, methods.indexOf(group.method)));
    return alphaFigure(alpha, bands, synthesisRound(runs, alpha));
  });
  return `<section>
<h2>Test accuracy by round</h2>
<p>Lines are means over seeds; bands reach from the lowest seed to the highest. Accuracy is that of the model that the
next round starts from: after refining, where there is a synthetic set.</p>
<fieldset class="legend"><legend>Methods</legend>${legend}</fieldset>
${charts.join("\n")}
</section>`;
}

function alphaFigure(alpha: number, bands: readonly Band[], mark: number | null): string {
  const values = bands.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high]));
  const top = Math.min(1, Math.ceil(Math.max(0.1, ...values) * 10) / 10);
  const chart = {
    title: `Test accuracy by round at alpha ${alpha}: ${bands.map(({ name }) => name).join(", ")}. The table below has the figures.`,
    bands,
    yTo: top,
    mark: mark === null ? null : { x: mark + 0.5, words: "synthesis" },
  };
  return `<figure><figcaption>alpha ${alpha}</figcaption>${bandChartSvg(chart)}</figure>`;
}

function bandOf({ method, runs }: Group, index: number): Band {
  const length = Math.min(...runs.map(({ rounds }) => rounds.length));
  const points = Array.from({ length }, (_, at) => {
    const values = runs.map(({ rounds }) => rounds[at]?.accuracy ?? 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { x: at + 1, low: Math.min(...values), mean, high: Math.max(...values) };
  });
  return { name: method, index, points };
}

/** The last round before the synthesis, where all runs at this alpha that have one agree on it. */
function synthesisRound(runs: readonly FinishedRun[], alpha: number): number | null {
  const rounds = runs
    .filter(({ manifest }) => manifest.alpha === alpha)
    .flatMap(({ manifest }) => (manifest.plan.dynafed === null ? [] : [manifest.plan.dynafed.snapshots - 1]));
  return new Set(rounds).size === 1 ? (rounds[0] as number) : null;
}

function tableSection(rows: readonly TableRow[]): string {
  const heads = tableHeads(rows).map((head) => `<th scope="col">${escapeHtml(head)}</th>`);
  const lines = rows.map((row) => {
    const cells = tableCells(row).map((cell, at) =>
      at === 1 ? `<th scope="row">${escapeHtml(cell)}</th>` : `<td>${escapeHtml(cell)}</td>`,
    );
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<section>
<h2>Table</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Table of results"><table>
<thead><tr>${heads.join("")}</tr></thead>
<tbody>${lines.join("\n")}</tbody>
</table></div>
<p class="note">${escapeHtml(tableNotes)}</p>
</section>`;
}

function imagesSection(grids: PageInput["grids"]): string {
  if (grids.length === 0) return "";
  const figures = grids.map(({ run, grid }) => {
    const { method, alpha, seed } = run.manifest;
    const [first, last] = grid.distances;
    const words = `${method}, alpha ${alpha}, seed ${seed}`;
    const source = `data:image/png;base64,${Buffer.from(grid.png).toString("base64")}`;
    return `<figure><img src="${source}" width="${grid.width}" height="${grid.height}" alt="${grid.images} synthetic images of ${escapeHtml(words)}, a row for each of ${grid.classes} classes">
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
