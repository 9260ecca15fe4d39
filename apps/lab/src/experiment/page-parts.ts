/** The styles that an experiment's page adds to the common ones. */
export const PAGE_CSS = `
figcaption { font-weight: 600; margin-bottom: .4rem; }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; border: 1px solid var(--line); border-radius: 10px; padding: .6rem 1rem; }
.legend label { display: flex; align-items: center; gap: .5rem; }
[data-curve][hidden] { display: none; }
.grids { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1rem; }
.grids figure { margin: 0; }
.grids figcaption { font-weight: 400; font-size: .85rem; margin: .5rem 0 0; color: var(--soft); }
img { width: 100%; height: auto; display: block; }
`;

/** Makes each method's checkbox show and hide its curves in every chart. */
export const PAGE_SCRIPT = `
for (const box of document.querySelectorAll(".legend input")) {
  const show = () => {
    for (const curve of document.querySelectorAll('[data-curve="' + box.value + '"]'))
      curve.toggleAttribute("hidden", !box.checked);
  };
  box.addEventListener("change", show);
  show();
}
`;
