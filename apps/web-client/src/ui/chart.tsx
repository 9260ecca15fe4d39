/** A line chart over rounds or iterations, drawn by uPlot. Its colours are the tokens', in both colour schemes. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export type Ink = "accent" | "refine" | "ink-soft";
export type Series = {
  readonly label: string;
  readonly ink: Ink;
  readonly values: readonly (number | null)[];
  readonly dashed?: boolean;
};
export type ChartProps = {
  readonly title: string;
  /** Rounds or iterations, strictly rising. */
  readonly xs: readonly number[];
  readonly series: readonly Series[];
  readonly xLabel: string;
  readonly format: (value: number) => string;
  /** Range of the vertical axis. Default: the range of the values. */
  readonly range?: readonly [number, number];
  /** A named vertical line at `x`. */
  readonly mark?: { readonly x: number; readonly label: string } | null;
  /** Shown while there are no points. */
  readonly empty: string;
  /** In pixels. Default: 220. */
  readonly height?: number;
};

export function Chart(props: ChartProps) {
  const { title, xs, series, empty } = props;
  return (
    <figure class="figure">
      <figcaption>
        <span class="title">{title}</span>
        {series.length > 1 && <Legend series={series} />}
      </figcaption>
      {xs.length === 0 ? <p class="chart-empty small">{empty}</p> : <Plot {...props} />}
    </figure>
  );
}

function Legend({ series }: Pick<ChartProps, "series">) {
  return (
    <>
      {series.map(({ label, ink }) => (
        <span class="legend" data-ink={ink} key={label}>
          {label}
        </span>
      ))}
    </>
  );
}

function Plot(props: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  // The lines' number is fixed in a plot of uPlot's: another number needs another plot.
  useEffect(() => openPlot(host.current, plot, () => latest.current), [props.series.length]);
  useEffect(() => plot.current?.setData(dataOf(props)));
  return <div class="chart" ref={host} role="img" aria-label={spoken(props)} />;
}

/** Draws into the element, anew at each change of the colour scheme. Returns a function that removes the plot. */
function openPlot(
  element: HTMLElement | null,
  plot: { current: uPlot | null },
  current: () => ChartProps,
): (() => void) | undefined {
  if (element === null) return undefined;
  const draw = () => {
    plot.current?.destroy();
    plot.current = new uPlot(optionsOf(element, current), dataOf(current()), element);
  };
  draw();
  const resized = new ResizeObserver(() => plot.current?.setSize(sizeOf(element, current())));
  resized.observe(element);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", draw);
  return () => {
    resized.disconnect();
    scheme.removeEventListener("change", draw);
    plot.current?.destroy();
    plot.current = null;
  };
}

function sizeOf(element: HTMLElement, { height = 220 }: ChartProps) {
  return { width: Math.max(200, element.clientWidth), height };
}

function dataOf(props: ChartProps): uPlot.AlignedData {
  return [props.xs, ...props.series.map((each) => each.values)] as uPlot.AlignedData;
}

/** The newest value of every line in words, for a screen reader. */
function spoken({ title, series, format, xs, xLabel }: ChartProps): string {
  const newest = series.map((each) => {
    const value = each.values.findLast((candidate) => candidate !== null);
    return `${each.label} ${value === undefined || value === null ? "not known yet" : format(value)}`;
  });
  return `${title}, up to ${xLabel} ${xs.at(-1)}: ${newest.join("; ")}`;
}

function optionsOf(element: HTMLElement, current: () => ChartProps): uPlot.Options {
  const props = current();
  const tokens = getComputedStyle(element);
  const token = (name: string) => tokens.getPropertyValue(`--${name}`).trim();
  const font = `12px ${token("font")}`;
  return {
    ...sizeOf(element, props),
    padding: [12, 12, 0, 0],
    cursor: { y: false, drag: { x: false, y: false } },
    legend: { show: false },
    scales: {
      x: { time: false, range: (_, from, to) => (from === to ? [from - 1, to + 1] : [from, to]) },
      y: props.range === undefined ? {} : { range: [...props.range] },
    },
    axes: axesOf(props, token, font),
    series: [{}, ...props.series.map((each) => lineOf(each, token(each.ink)))],
    hooks: { draw: [(plot) => drawMark(plot, current().mark ?? null, token("refine"), font)] },
  };
}

function axesOf({ format }: ChartProps, token: (name: string) => string, font: string): uPlot.Axis[] {
  const axis = {
    stroke: token("ink-soft"),
    grid: { stroke: token("line"), width: 1 },
    ticks: { show: false },
    font,
  };
  return [
    { ...axis, size: 32, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] },
    { ...axis, size: 58, values: (_, splits) => splits.map(format) },
  ];
}

function lineOf({ label, dashed }: Series, stroke: string): uPlot.Series {
  return {
    label,
    stroke,
    width: 2,
    spanGaps: true,
    points: { size: 5, fill: stroke },
    ...(dashed === true ? { dash: [6, 4] } : {}),
  };
}

function drawMark(plot: uPlot, mark: ChartProps["mark"], ink: string, font: string): void {
  if (mark === null || mark === undefined) return;
  const x = Math.round(plot.valToPos(mark.x, "x", true));
  const { left, top, width, height } = plot.bbox;
  if (x < left || x > left + width) return;
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ink;
  ctx.fillStyle = ink;
  ctx.setLineDash([4 * ratio, 4 * ratio]);
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, top + height);
  ctx.stroke();
  ctx.font = font.replace("12px", `${12 * ratio}px`);
  ctx.textAlign = x > left + width * 0.6 ? "right" : "left";
  ctx.fillText(mark.label, x + (ctx.textAlign === "right" ? -6 : 6) * ratio, top + 14 * ratio);
  ctx.restore();
}
