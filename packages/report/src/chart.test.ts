import { expect, test } from "vitest";
import { type Chart, chartSvg } from "./chart.ts";
import { htmlPage } from "./page.ts";
import { htmlTable } from "./table.ts";

const chart: Chart = {
  title: "a <b>",
  xName: "round",
  curves: [
    {
      name: "line",
      index: 0,
      points: [
        { x: 1, y: 0 },
        { x: 2, y: 1 },
      ],
    },
    { name: "band", index: 9, points: [{ x: 1, y: 0.5, low: 0.25, high: 0.75 }] },
    { name: "none", index: 2, points: [] },
  ],
  ...{ yFrom: 0, yTo: 1, yStep: 0.2, yLabel: (value) => `${Math.round(100 * value)} %` },
  mark: { x: 1.5, words: "synthesis" },
  namesAtEnds: true,
};

test("[E4] [Q13] a chart has a line for each curve, a band where there are bounds, names at the ends, and no text unescaped", () => {
  const svg = chartSvg(chart);
  expect(svg.match(/<polyline /g)).toHaveLength(3);
  expect(svg.match(/<polygon /g)).toHaveLength(1);
  expect(svg.match(/class="grid"/g)).toHaveLength(6);
  expect(svg).toContain('aria-label="a &#60;b&#62;"');
  expect(svg).toContain(">synthesis</text>");
  // The lowest left corner and the top right one, short of the names.
  expect(svg).toContain('points="56.0,334.0 690.0,24.0"');
  expect(svg).toContain('stroke="var(--c1)" stroke-width="2.25" stroke-dasharray="8 4"');
  expect(svg.match(/class="label"/g)).toHaveLength(2);
  expect(chartSvg({ ...chart, namesAtEnds: false })).not.toContain('class="label"');
  expect(chartSvg({ ...chart, curves: [], mark: null })).not.toMatch(/NaN|Infinity/);
});

test("[E4] [Q13] a page has the texts escaped and the parts as they are", () => {
  const table = htmlTable({ label: "t", heads: ["<a>"], rows: [["x", "&"]], headColumn: 0 });
  expect(table).toContain('<th scope="col">&#60;a&#62;</th>');
  expect(table).toContain('<tr><th scope="row">x</th><td>&#38;</td></tr>');
  const page = htmlPage({ title: "<t>", css: ".own {}", body: table, script: null });
  expect(page).toContain("<title>&#60;t&#62;</title>");
  expect(page).toContain(`.own {}</style>`);
  expect(page).toContain(table);
  expect(page).not.toContain("<script");
  expect(htmlPage({ title: "t", css: "", body: "", script: "go()" })).toContain("<script>go()</script>");
});
