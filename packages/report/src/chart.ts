/**
 * A chart of curves over whole numbers as inline SVG: lines, or means with a band from the lowest to the highest value.
 * Colours and text styles come from `htmlPage`. Pure.
 */
import { escapeHtml } from "./escape-html.ts";

/** A mean `y`; a curve has a band where every point says its `low` and `high`. */
export type CurvePoint = {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
};

/** One curve of a chart. */
export type Curve = {
  readonly name: string;
  /** Chooses colour and dashes, see `strokeOf`; also the value of the attribute `data-curve`. */
  readonly index: number;
  readonly points: readonly CurvePoint[];
};

/** What a chart shows. */
export type Chart = {
  /** What a screen reader says of the chart. */
  readonly title: string;
  readonly xName: string;
  readonly curves: readonly Curve[];
  readonly yFrom: number;
  readonly yTo: number;
  /** Between two lines of the grid. */
  readonly yStep: number;
  readonly yLabel: (value: number) => string;
  /** A vertical mark with its words above it. */
  readonly mark: { readonly x: number; readonly words: string } | null;
  /** Whether each curve's name stands beside its last point. Otherwise the page has a legend. */
  readonly namesAtEnds: boolean;
};

const SIZE = { width: 860, height: 380, left: 56, top: 24, bottom: 46 };
const MARGIN = 16;
/** Room for names at the ends of curves. */
const NAMES = 170;
const X_STEPS = 10;
const LABEL_GAP = 17;

const COLOURS = 8;
/** Dashes tell curves apart for readers who do not see all colours. */
const DASHES = ["", "8 4", "2 4", "10 3 2 3"];

/** The chart as an `svg` element. */
export function chartSvg(chart: Chart): string {
  const scale = scalesOf(chart);
  return `<svg viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-label="${escapeHtml(chart.title)}">
${gridOf(chart, scale)}
${ticksOf(chart, scale)}
${chart.mark === null ? "" : markOf(chart.mark, scale)}
${chart.curves.map((curve) => curveOf(curve, scale)).join("\n")}
${chart.namesAtEnds ? namesOf(chart.curves, scale) : ""}
</svg>`;
}

/** A piece of the curve with this index, for a legend. */
export function legendLine(index: number): string {
  return `<svg class="key" viewBox="0 0 28 10" aria-hidden="true"><line x1="1" x2="27" y1="5" y2="5" ${strokeOf(index)}/></svg>`;
}

type Scales = {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly firstX: number;
  readonly lastX: number;
  /** Where the inner part ends. */
  readonly right: number;
};

function scalesOf({ curves, yFrom, yTo, namesAtEnds }: Chart): Scales {
  const all = curves.flatMap(({ points }) => points.map(({ x }) => x));
  const firstX = all.length === 0 ? 1 : Math.min(...all);
  const lastX = Math.max(firstX + 1, ...all);
  const right = SIZE.width - (namesAtEnds ? NAMES : MARGIN);
  const height = SIZE.height - SIZE.top - SIZE.bottom;
  return {
    x: (value) => SIZE.left + ((value - firstX) / (lastX - firstX)) * (right - SIZE.left),
    y: (value) => SIZE.top + (1 - (value - yFrom) / (yTo - yFrom)) * height,
    ...{ firstX, lastX, right },
  };
}

function gridOf({ yFrom, yTo, yStep, yLabel }: Chart, { y, right }: Scales): string {
  // The last line must not be lost to rounding.
  const lines = Math.floor((yTo - yFrom) / yStep + 1e-9) + 1;
  return Array.from({ length: lines }, (_, at) => yFrom + at * yStep)
    .map(
      (
        value,
      ) => `<line class="grid" x1="${SIZE.left}" x2="${right}" y1="${at(y(value))}" y2="${at(y(value))}"/>
<text class="tick" x="${SIZE.left - 8}" y="${at(y(value) + 4)}" text-anchor="end">${escapeHtml(yLabel(value))}</text>`,
    )
    .join("\n");
}

function ticksOf({ xName }: Chart, { x, firstX, lastX, right }: Scales): string {
  const step = Math.max(1, Math.ceil((lastX - firstX) / X_STEPS));
  const ticks: string[] = [];
  for (let value = Math.ceil(firstX / step) * step; value <= lastX; value += step) {
    ticks.push(tick(x(value), SIZE.height - SIZE.bottom + 18, String(value)));
  }
  return [...ticks, tick((SIZE.left + right) / 2, SIZE.height - 8, xName)].join("\n");
}

function markOf({ x: value, words }: { readonly x: number; readonly words: string }, { x }: Scales): string {
  const place = at(x(value));
  return `<line class="mark" x1="${place}" x2="${place}" y1="${SIZE.top}" y2="${SIZE.height - SIZE.bottom}"/>
${tick(x(value), SIZE.top - 8, words)}`;
}

function tick(x: number, y: number, words: string): string {
  return `<text class="tick" x="${at(x)}" y="${at(y)}" text-anchor="middle">${escapeHtml(words)}</text>`;
}

function curveOf({ name, index, points }: Curve, { x, y }: Scales): string {
  const place = (px: number, py: number) => `${at(x(px))},${at(y(py))}`;
  const line = points.map((point) => place(point.x, point.y)).join(" ");
  const bounds = points.flatMap((point) =>
    point.low === undefined || point.high === undefined
      ? []
      : [{ x: point.x, low: point.low, high: point.high }],
  );
  const outline = [
    ...bounds.map((point) => place(point.x, point.high)),
    ...bounds.toReversed().map((point) => place(point.x, point.low)),
  ].join(" ");
  const band =
    bounds.length === points.length && points.length > 0
      ? `<polygon points="${outline}" fill="var(--c${index % COLOURS})" opacity="0.14"/>\n`
      : "";
  return `<g data-curve="${index}"><title>${escapeHtml(name)}</title>
${band}<polyline points="${line}" fill="none" ${strokeOf(index)}/></g>`;
}

/** Names that would overlap are moved apart. */
function namesOf(curves: readonly Curve[], { x, y }: Scales): string {
  const labels = curves
    .flatMap(({ name, index, points }) => {
      const end = points.at(-1);
      return end === undefined ? [] : [{ name, index, x: x(end.x), y: y(end.y) }];
    })
    .sort((a, b) => a.y - b.y);
  let lowest = Number.NEGATIVE_INFINITY;
  return labels
    .map((label) => {
      lowest = Math.max(label.y, lowest + LABEL_GAP);
      return `<text class="label" x="${at(label.x + 8)}" y="${at(lowest + 4)}" fill="var(--c${label.index % COLOURS})">${escapeHtml(label.name)}</text>`;
    })
    .join("\n");
}

/** Eight colours, and after each eight other dashes. */
function strokeOf(index: number): string {
  const dash = DASHES[Math.floor(index / COLOURS) % DASHES.length];
  return `stroke="var(--c${index % COLOURS})" stroke-width="2.25"${dash === "" ? "" : ` stroke-dasharray="${dash}"`}`;
}

function at(value: number): string {
  return value.toFixed(1);
}
