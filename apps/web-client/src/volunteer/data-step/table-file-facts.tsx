import type { TableFile } from "@tributary/datasets/tables";
import type { TableTask } from "@tributary/protocol";
import type { DataDesk } from "../../data/data-desk.ts";
import { plural } from "../../ui/format.ts";
import { ColumnMappingForm } from "./column-mapping-form.tsx";

type Props = { readonly desk: DataDesk; readonly task: TableTask; readonly file: TableFile };

/** How the file was understood, with a way to change which column is which. */
export function TableFileFacts({ desk, task, file }: Props) {
  const { mapping, header, unused, others } = file;
  return (
    <details class="stack" data-testid="table-facts">
      <summary>How the file was read: {factsOf(file).join(", ")}</summary>
      <ul class="small">
        {unused.length > 0 && <li>Columns that the task does not use: {unused.join(", ")}</li>}
        {others.map(({ column, count, texts }) => (
          <li key={column}>
            {column}: {plural(count, "cell")} count as “other”, such as {texts.join(", ")}
          </li>
        ))}
      </ul>
      <ColumnMappingForm
        key={mapping.map(({ at }) => at).join()}
        desk={desk}
        task={task}
        header={header}
        undecided={[]}
        mapping={mapping}
      />
    </details>
  );
}

const delimiters = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar" } as const;

function factsOf({ encoding, delimiter, decimal, blankLines }: TableFile): readonly string[] {
  return [
    `text in ${encoding.toUpperCase()}`,
    `cells apart by ${delimiters[delimiter]}`,
    ...(decimal === null ? [] : [decimal === "." ? "decimal point" : "decimal comma"]),
    ...(blankLines === 0 ? [] : [plural(blankLines, "blank line")]),
  ];
}
