/** A line chart over rounds. uPlot draws; colours come from the tokens, and follow the colour scheme. */
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
  /** Strictly rising: rounds, or iterations. */
  readonly xs: readonly number[];
  readonly series: readonly Series[];
  readonly xLabel: string;
  readonly format: (value: number) => string;
  /** Fixed range of the vertical axis; without it the range follows the values. */
  readonly range?: readonly [number, number];
  /** A vertical rule at this x, with its name. */
  readonly mark?: { readonly x: number; readonly label: string } | null;
  readonly empty: string;
  readonly height?: number;
};

export function Chart(props: ChartProps) {
  const { title, xs, series, empty } = props;
  return (
    <figure class="figure">
      <figcaption>
        <span class="title">{title}</span>
        {series.length > 1 &&
          series.map((each) => (
            <span class="legend" data-ink={each.ink} key={each.label}>
              {each.label}
            </span>
          ))}
      </figcaption>
      {xs.length === 0 ? <p class="chart-empty small">{empty}</p> : <Plot {...props} />}
    </figure>
  );
}

function Plot(props: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(
        optionsOf(element, () => latest.current),
        dataOf(latest.current),
        element,
      );
    };
    draw();

    const resized = new ResizeObserver(() => {
      plot.current?.setSize({
        width: Math.max(200, element.clientWidth),
        height: latest.current.height ?? 220,
      });
    });
    resized.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", draw);
    return () => {
      resized.disconnect();
      scheme.removeEventListener("change", draw);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [props.series.length]);

  useEffect(() => plot.current?.setData(dataOf(props)));

  return <div class="chart" ref={host} role="img" aria-label={spoken(props)} />;
}

function dataOf(props: ChartProps): uPlot.AlignedData {
  return [props.xs, ...props.series.map((each) => each.values)] as uPlot.AlignedData;
}

/** The newest value of every line, in words. */
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
  const axis = {
    stroke: token("ink-soft"),
    grid: { stroke: token("line"), width: 1 },
    ticks: { show: false },
  };
  const font = `12px ${token("font")}`;
  return {
    width: Math.max(200, element.clientWidth),
    height: props.height ?? 220,
    padding: [12, 12, 0, 0],
    cursor: { y: false, drag: { x: false, y: false } },
    legend: { show: false },
    scales: {
      x: { time: false, range: (_, from, to) => (from === to ? [from - 1, to + 1] : [from, to]) },
      y: props.range === undefined ? {} : { range: [...props.range] },
    },
    axes: [
      { ...axis, font, size: 32, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] },
      { ...axis, font, size: 58, values: (_, splits) => splits.map((split) => props.format(split)) },
    ],
    series: [
      {},
      ...props.series.map((each) => ({
        label: each.label,
        stroke: token(each.ink),
        width: 2,
        spanGaps: true,
        points: { size: 5, fill: token(each.ink) },
        ...(each.dashed === true ? { dash: [6, 4] } : {}),
      })),
    ],
    hooks: { draw: [(plot) => drawMark(plot, current().mark ?? null, token("refine"), font)] },
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
