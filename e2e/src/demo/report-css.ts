/** The styles that the report adds to the common ones. */
export const REPORT_CSS = `
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: 1rem; margin: 2rem 0 0; }
.figures > div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.1rem; }
dt { color: var(--soft); font-size: .9rem; }
dd { margin: 0; }
.value { font-size: 1.7rem; font-weight: 650; font-variant-numeric: tabular-nums; white-space: nowrap; }
.figures .note { font-size: .85rem; line-height: 1.35; }
figcaption { color: var(--soft); font-size: .9rem; max-width: 44rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(16.5rem, 1fr)); gap: .75rem; }
article { display: flex; gap: .8rem; align-items: center; background: var(--card); border: 1px solid var(--line);
  border-radius: 10px; padding: .6rem; }
article img { flex: none; }
article ul { list-style: none; margin: 0; padding: 0; flex: 1; font-size: .8rem; }
article li { display: grid; grid-template-columns: 1fr 3.2rem 1.6rem; gap: .4rem; align-items: center; }
article span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
article b { text-align: right; font-variant-numeric: tabular-nums; font-weight: 500; }
meter { width: 100%; height: .6rem; }
`;
