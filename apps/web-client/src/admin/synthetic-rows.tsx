import { classNamesOf, type TableTask } from "@tributary/protocol";
import { inputNames } from "../data/row-preview.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { formatPercent, formatReal } from "../ui/format.ts";
import { strongestLabel } from "./synthetic-images.ts";

type Props = {
  readonly rows: readonly (readonly number[])[];
  readonly labels: readonly (readonly number[])[];
  readonly task: TableTask;
};
type Row = { readonly values: readonly number[]; readonly label: readonly number[] };

/** The synthetic rows as the network reads them, each with the strongest class of its soft label. */
export function SyntheticRows({ rows, labels, task }: Props) {
  const names = classNamesOf({ task });
  const strongest = ({ label }: Row) => {
    const { label: at, share } = strongestLabel(label);
    return `${names[at] ?? `class ${at}`}, ${formatPercent(share)}`;
  };
  const inputs = inputNames(task.columns).map((title, at) => ({
    title,
    number: true,
    cell: ({ values }: Row) => formatReal(values[at] ?? null),
  }));
  const columns: readonly Column<Row>[] = [{ title: "Class", cell: strongest }, ...inputs];
  return (
    <figure class="figure" data-testid="synthetic-rows">
      <figcaption>
        <span class="title">Synthetic rows</span>
        <span class="small soft">standardised, as the network reads them</span>
      </figcaption>
      <DataTable
        label="Synthetic rows"
        tall
        columns={columns}
        rows={rows.map((values, at) => ({ values, label: labels[at] ?? [] }))}
        keyOf={(_, index) => index}
      />
    </figure>
  );
}
