/** A line chart as inline SVG; colours come from the page's CSS variables. Pure. */

export type Series = {
  readonly name: string;
  /** A CSS colour. */
  readonly color: string;
  readonly dashed: boolean;
  readonly points: readonly (readonly [x: number, y: number])[];
};

export type LineChart = {
  readonly title: string;
  readonly xName: string;
  readonly series: readonly Series[];
  readonly yFrom: number;
  readonly yTo: number;
  readonly yLabel: (value: number) => string;
  /** A vertical mark with its words, or none. */
  readonly mark: { readonly x: number; readonly words: string } | null;
};

const SIZE = { width: 860, height: 360, left: 56, right: 170, top: 22, bottom: 46 };
const Y_STEPS = 5;
const X_STEPS = 10;
const LABEL_GAP = 17;

export function lineChartSvg(chart: LineChart): string {
  const scale = scales(chart);
  return `<svg viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-label="${escapeHtml(chart.title)}">
${grid(chart, scale)}
${chart.mark === null ? "" : markLine(chart.mark, scale)}
${chart.series.map((series) => polyline(series, scale)).join("\n")}
${endLabels(chart.series, scale)}
</svg>`;
}

type Scales = {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly xs: readonly [number, number];
};

function scales({ series, yFrom, yTo }: LineChart): Scales {
  const all = series.flatMap(({ points }) => points.map(([x]) => x));
  const first = Math.min(...all);
  const last = Math.max(...all, first + 1);
  const innerWidth = SIZE.width - SIZE.left - SIZE.right;
  const innerHeight = SIZE.height - SIZE.top - SIZE.bottom;
  return {
    x: (value) => SIZE.left + ((value - first) / (last - first)) * innerWidth,
    y: (value) => SIZE.top + (1 - (value - yFrom) / (yTo - yFrom)) * innerHeight,
    xs: [first, last],
  };
}

function grid({ yFrom, yTo, yLabel, xName }: LineChart, { x, y, xs }: Scales): string {
  const right = SIZE.width - SIZE.right;
  const rows = Array.from({ length: Y_STEPS + 1 }, (_, step) => yFrom + ((yTo - yFrom) * step) / Y_STEPS).map(
    (value) => `<line class="grid" x1="${SIZE.left}" x2="${right}" y1="${at(y(value))}" y2="${at(y(value))}"/>
<text class="tick" x="${SIZE.left - 8}" y="${at(y(value) + 4)}" text-anchor="end">${yLabel(value)}</text>`,
  );
  const step = Math.max(1, Math.ceil((xs[1] - xs[0]) / X_STEPS));
  const ticks = [];
  for (let value = Math.ceil(xs[0] / step) * step; value <= xs[1]; value += step) {
    ticks.push(
      `<text class="tick" x="${at(x(value))}" y="${SIZE.height - SIZE.bottom + 18}" text-anchor="middle">${value}</text>`,
    );
  }
  const middle = at((SIZE.left + right) / 2);
  const name = `<text class="tick" x="${middle}" y="${SIZE.height - 8}" text-anchor="middle">${escapeHtml(xName)}</text>`;
  return [...rows, ...ticks, name].join("\n");
}

function markLine({ x: value, words }: { x: number; words: string }, { x }: Scales): string {
  const place = at(x(value));
  return `<line class="mark" x1="${place}" x2="${place}" y1="${SIZE.top}" y2="${SIZE.height - SIZE.bottom}"/>
<text class="tick" x="${place}" y="${SIZE.top - 8}" text-anchor="middle">${escapeHtml(words)}</text>`;
}

function polyline({ color, dashed, points }: Series, { x, y }: Scales): string {
  const places = points.map(([px, py]) => `${at(x(px))},${at(y(py))}`);
  const dash = dashed ? ' stroke-dasharray="6 5"' : "";
  return `<polyline points="${places.join(" ")}" fill="none" stroke="${color}" stroke-width="2.5"${dash}/>`;
}

/** Each series is named beside its last point; names that would overlap are moved apart. */
function endLabels(series: readonly Series[], { x, y }: Scales): string {
  const labels = series
    .flatMap(({ name, color, points }) => {
      const end = points.at(-1);
      return end ? [{ name, color, x: x(end[0]), y: y(end[1]) }] : [];
    })
    .sort((a, b) => a.y - b.y);
  let lowest = Number.NEGATIVE_INFINITY;
  return labels
    .map((label) => {
      lowest = Math.max(label.y, lowest + LABEL_GAP);
      return `<text class="label" x="${at(label.x + 8)}" y="${at(lowest + 4)}" fill="${label.color}">${escapeHtml(label.name)}</text>`;
    })
    .join("\n");
}

function at(value: number): string {
  return value.toFixed(1);
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
