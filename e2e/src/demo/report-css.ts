/** The report's styles: one column, system fonts, light and dark. */
export const REPORT_CSS = `
:root { color-scheme: light dark; --paper: #fbfaf7; --ink: #1c2321; --soft: #5b6763; --line: #dcdfd8; --card: #fff;
  --refined: #0b6e5b; --averaged: #c2620a; --fedavg: #6b6f8a; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #121715; --ink: #e8ede9; --soft: #a3b0aa; --line: #2e3733; --card: #1a211e;
    --refined: #4fd1b0; --averaged: #f2a65a; --fedavg: #a9afd1; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 3rem 1.25rem 5rem; }
h1 { font-size: clamp(1.8rem, 4vw, 2.6rem); line-height: 1.15; margin: 0 0 .75rem; letter-spacing: -.02em; }
h2 { font-size: 1.25rem; margin: 3rem 0 .75rem; }
p { max-width: 44rem; }
.eyebrow { margin: 0 0 .4rem; color: var(--refined); font-weight: 600; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: 1rem; margin: 2rem 0 0; }
.figures > div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.1rem; }
dt { color: var(--soft); font-size: .9rem; }
dd { margin: 0; }
.value { font-size: 1.7rem; font-weight: 650; font-variant-numeric: tabular-nums; white-space: nowrap; }
.note { color: var(--soft); font-size: .85rem; line-height: 1.35; }
figure { margin: 1rem 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; }
figcaption { color: var(--soft); font-size: .9rem; max-width: 44rem; }
svg { width: 100%; height: auto; display: block; overflow: visible; }
.grid { stroke: var(--line); }
.mark { stroke: var(--soft); stroke-dasharray: 2 4; }
.tick { fill: var(--soft); font-size: 13px; }
.label { font-size: 14px; font-weight: 600; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(16.5rem, 1fr)); gap: .75rem; }
article { display: flex; gap: .8rem; align-items: center; background: var(--card); border: 1px solid var(--line);
  border-radius: 10px; padding: .6rem; }
article img { image-rendering: pixelated; border-radius: 4px; flex: none; }
article ul { list-style: none; margin: 0; padding: 0; flex: 1; font-size: .8rem; }
article li { display: grid; grid-template-columns: 1fr 3.2rem 1.6rem; gap: .4rem; align-items: center; }
article span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
article b { text-align: right; font-variant-numeric: tabular-nums; font-weight: 500; }
meter { width: 100%; height: .6rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .92rem; }
th { color: var(--soft); font-weight: 500; text-align: right; vertical-align: bottom; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
td { text-align: right; white-space: nowrap; }
pre { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; font-size: .85rem; }
code { background: var(--card); border: 1px solid var(--line); border-radius: 5px; padding: .1rem .35rem; font-size: .9em; }
a { color: var(--refined); }
summary { cursor: pointer; }
`;
