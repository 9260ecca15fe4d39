/** A page that needs nothing else: styles, curves and pictures are inside. Pure. */
import { escapeHtml } from "./escape-html.ts";

/** One column, system fonts, light and dark; `--c0` to `--c7` are the colours of curves. */
const COMMON_CSS = `
:root { color-scheme: light dark; --paper: #f8faf9; --ink: #16221f; --soft: #4f5f5a; --line: #d5ddd9; --card: #fff;
  --c0: #5b6470; --c1: #0b6e5b; --c2: #b4520a; --c3: #2257b3; --c4: #8a2f8f; --c5: #a3213a; --c6: #6a6a00; --c7: #007a99; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #101715; --ink: #e7eeeb; --soft: #a5b4ae; --line: #2c3834; --card: #17201d;
    --c0: #aab4c0; --c1: #4fd1b0; --c2: #f2a65a; --c3: #86b0ff; --c4: #d79be0; --c5: #ff95a6; --c6: #d3cf5a; --c7: #5fcbe8; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 66rem; margin: 0 auto; padding: 3rem 1.25rem 5rem; }
h1 { font-size: clamp(1.7rem, 4vw, 2.4rem); line-height: 1.15; margin: 0 0 .75rem; letter-spacing: -.02em; }
h2 { font-size: 1.25rem; margin: 3rem 0 .75rem; }
p { max-width: 46rem; }
.eyebrow { margin: 0 0 .4rem; color: var(--c1); font-weight: 600; }
.note { color: var(--soft); font-size: .9rem; }
figure { margin: 1rem 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; }
svg { width: 100%; height: auto; display: block; overflow: visible; }
svg.key { width: 28px; height: 10px; flex: none; }
.grid { stroke: var(--line); }
.mark { stroke: var(--soft); stroke-dasharray: 2 4; }
.tick { fill: var(--soft); font-size: 13px; }
.label { font-size: 14px; font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .92rem; }
th { color: var(--soft); font-weight: 500; text-align: right; vertical-align: bottom; }
tbody th { color: var(--ink); text-align: left; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
td { text-align: right; }
img { image-rendering: pixelated; border-radius: 4px; }
pre { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; font-size: .85rem; }
code { background: var(--card); border: 1px solid var(--line); border-radius: 5px; padding: .1rem .35rem; font-size: .9em; overflow-wrap: anywhere; }
a { color: var(--c1); }
summary { cursor: pointer; }
`;

/**
 * An HTML document. `title` is text; `css`, `body` and `script` are taken as they are. `css` comes after the common
 * styles; `script` null: none.
 */
export function htmlPage(page: {
  readonly title: string;
  readonly css: string;
  readonly body: string;
  readonly script: string | null;
}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(page.title)}</title>
<style>${COMMON_CSS}${page.css}</style>
</head>
<body>
<main>
${page.body}
</main>
${page.script === null ? "" : `<script>${page.script}</script>\n`}</body>
</html>
`;
}
