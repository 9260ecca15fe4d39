/** Tables of text. Pure. */
import { escapeHtml } from "./escape-html.ts";

/** A table in a region that scrolls if it is too wide. `headColumn`: the column whose cells head their rows; null: none. */
export function htmlTable(table: {
  /** What a screen reader calls the region. */
  readonly label: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly headColumn: number | null;
}): string {
  const heads = table.heads.map((head) => `<th scope="col">${escapeHtml(head)}</th>`).join("");
  const rows = table.rows.map((cells) => {
    const parts = cells.map((cell, at) =>
      at === table.headColumn ? `<th scope="row">${escapeHtml(cell)}</th>` : `<td>${escapeHtml(cell)}</td>`,
    );
    return `<tr>${parts.join("")}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(table.label)}"><table>
<thead><tr>${heads}</tr></thead>
<tbody>${rows.join("\n")}</tbody>
</table></div>`;
}
