/** Curves with bands as inline SVG: the mean over seeds, and the range from the lowest to the highest seed. Pure. */

export type Band = {
  readonly name: string;
  /** Of its colour and dashes. */
  readonly index: number;
  readonly points: readonly {
    readonly x: number;
    readonly low: number;
    readonly mean: number;
    readonly high: number;
  }[];
};

export type BandChart = {
  readonly title: string;
  readonly bands: readonly Band[];
  /** 0..1, where the axis ends; it begins at 0. */
  readonly yTo: number;
  /** Where the synthesis of the first band that has one took place, or null. */
  readonly mark: { readonly x: number; readonly words: string } | null;
};

const SIZE = { width: 860, height: 380, left: 52, right: 16, top: 24, bottom: 44 };
const X_STEPS = 10;

/** Dashes tell apart what colours alone would not to every eye. */
const DASHES = ["", "8 4", "2 4", "10 3 2 3"];

export function bandChartSvg(chart: BandChart): string {
  const { x, y, lastX } = scalesOf(chart);
  const curves = chart.bands.map((band) => curve(band, x, y)).join("\n");
  const mark = chart.mark === null ? "" : markLine(chart.mark.words, x(chart.mark.x));
  return `<svg viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-label="${escapeHtml(chart.title)}">
${grid(chart, y)}
${ticks(lastX, x)}
${mark}
${curves}
</svg>`;
}

/** A piece of a curve, for the legend. */
export function legendLine(index: number): string {
  return `<svg class="key" viewBox="0 0 28 10" aria-hidden="true"><line x1="1" x2="27" y1="5" y2="5" ${strokeOf(index)}/></svg>`;
}

function scalesOf({ bands, yTo }: BandChart) {
  const lastX = Math.max(2, ...bands.flatMap(({ points }) => points.map(({ x }) => x)));
  const inner = { width: SIZE.width - SIZE.left - SIZE.right, height: SIZE.height - SIZE.top - SIZE.bottom };
  return {
    lastX,
    x: (value: number) => SIZE.left + ((value - 1) / (lastX - 1)) * inner.width,
    y: (value: number) => SIZE.top + (1 - value / yTo) * inner.height,
  };
}

function grid({ yTo }: BandChart, y: (value: number) => number): string {
  const step = yTo > 0.5 ? 0.2 : 0.1;
  return Array.from({ length: Math.floor(yTo / step + 1e-9) + 1 }, (_, at) => at * step)
    .map(
      (
        value,
      ) => `<line class="grid" x1="${SIZE.left}" x2="${SIZE.width - SIZE.right}" y1="${at(y(value))}" y2="${at(y(value))}"/>
<text class="tick" x="${SIZE.left - 8}" y="${at(y(value) + 4)}" text-anchor="end">${Math.round(value * 100)} %</text>`,
    )
    .join("\n");
}

function ticks(lastX: number, x: (value: number) => number): string {
  const step = Math.max(1, Math.ceil(lastX / X_STEPS));
  const values = Array.from({ length: Math.floor(lastX / step) }, (_, at) => (at + 1) * step);
  const labels = values.map(
    (value) =>
      `<text class="tick" x="${at(x(value))}" y="${SIZE.height - SIZE.bottom + 18}" text-anchor="middle">${value}</text>`,
  );
  const middle = at((SIZE.left + SIZE.width - SIZE.right) / 2);
  return `${labels.join("\n")}
<text class="tick" x="${middle}" y="${SIZE.height - 6}" text-anchor="middle">round</text>`;
}

function markLine(words: string, x: number): string {
  return `<line class="mark" x1="${at(x)}" x2="${at(x)}" y1="${SIZE.top}" y2="${SIZE.height - SIZE.bottom}"/>
<text class="tick" x="${at(x)}" y="${SIZE.top - 8}" text-anchor="middle">${escapeHtml(words)}</text>`;
}

function curve(
  { name, index, points }: Band,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const place = (px: number, py: number) => `${at(x(px))},${at(y(py))}`;
  const top = points.map(({ x: px, high }) => place(px, high));
  const bottom = [...points].reverse().map(({ x: px, low }) => place(px, low));
  const line = points.map(({ x: px, mean }) => place(px, mean));
  return `<g data-curve="${index}"><title>${escapeHtml(name)}</title>
<polygon points="${[...top, ...bottom].join(" ")}" fill="var(--c${index % 8})" opacity="0.14"/>
<polyline points="${line.join(" ")}" fill="none" ${strokeOf(index)}/></g>`;
}

/** Eight colours, and after each eight other dashes. */
function strokeOf(index: number): string {
  const dash = DASHES[Math.floor(index / 8) % DASHES.length];
  return `stroke="var(--c${index % 8})" stroke-width="2.25"${dash === "" ? "" : ` stroke-dasharray="${dash}"`}`;
}

function at(value: number): string {
  return value.toFixed(1);
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
