import type { ComponentChildren } from "preact";
import { TableFrame } from "./table-frame.tsx";

export type Column<Row> = {
  readonly title: string;
  /** Numbers stand at the right of their column. */
  readonly number?: boolean;
  readonly cell: (row: Row) => ComponentChildren;
};

type Props<Row> = {
  /** The table's name for a screen reader. */
  readonly label: string;
  /** Keeps a long table in a frame that scrolls below its head. */
  readonly tall?: boolean;
  /** The first column's cells are the names of their rows. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row, index: number) => string | number;
};

export function DataTable<Row>({ label, tall = false, columns, rows, keyOf }: Props<Row>) {
  return (
    <TableFrame label={label} tall={tall}>
      <thead>
        <tr>
          {columns.map(({ title, number }) => (
            <th key={title} scope="col" class={classOf(number)}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <Cells key={keyOf(row, index)} row={row} columns={columns} />
        ))}
      </tbody>
    </TableFrame>
  );
}

function Cells<Row>({ row, columns }: { readonly row: Row; readonly columns: readonly Column<Row>[] }) {
  const [heading, ...others] = columns;
  return (
    <tr>
      <th scope="row" class={classOf(heading?.number)}>
        {heading?.cell(row)}
      </th>
      {others.map(({ title, number, cell }) => (
        <td key={title} class={classOf(number)}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}

function classOf(number: boolean | undefined): string | undefined {
  return number === true ? "number" : undefined;
}
