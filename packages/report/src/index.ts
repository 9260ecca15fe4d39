export * from "./chart.ts";
export { escapeHtml } from "./escape-html.ts";
export { htmlPage } from "./page.ts";
export * from "./picture.ts";
export { htmlTable } from "./table.ts";
