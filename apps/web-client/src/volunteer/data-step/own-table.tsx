/** A CSV file for a task on rows: picked or dropped, its columns matched, and every doubt asked about. */
import { columnsWithoutScale, type TableTask } from "@tributary/protocol";
import type { DataDesk } from "../../data/data-desk.ts";
import { DropZone } from "./drop-zone.tsx";
import { FileButton } from "./file-button.tsx";
import { KeepData, KeptOffer } from "./keep-data.tsx";
import { PrivacyLine } from "./privacy-line.tsx";
import { TableFileFacts } from "./table-file-facts.tsx";
import { TableQuestions } from "./table-questions.tsx";

type Props = { readonly desk: DataDesk; readonly task: TableTask };

export function OwnTable({ desk, task }: Props) {
  const { data } = desk.state.value;
  const file = data?.found.kind === "rows" ? data.found.file : null;
  const drop = ({ files }: DataTransfer) => {
    const [first] = files;
    if (first !== undefined) desk.readTable(first);
  };
  return (
    <div class="stack">
      <KeptOffer desk={desk} />
      <DropZone label="Your table" onDrop={drop}>
        <FileButton
          id="own-table"
          label="Pick a CSV file"
          testId="table"
          accept=".csv,.tsv,.txt,text/csv,text/plain"
          onFiles={([first]) => {
            if (first !== undefined) desk.readTable(first);
          }}
        />
        <p>or drop it here. Its first row names the columns.</p>
        <PrivacyLine />
        <FiguresLine task={task} />
      </DropZone>
      <p class="small soft">
        Columns: {[...task.columns.map(({ name }) => name), task.target.column].join(", ")}
      </p>
      <TableQuestions desk={desk} task={task} />
      {file !== null && <TableFileFacts desk={desk} task={task} file={file} />}
      <KeepData desk={desk} />
    </div>
  );
}

/** What a run that leaves scales open is sent besides what the model learns. */
function FiguresLine({ task }: Pick<Props, "task">) {
  const columns = columnsWithoutScale(task);
  if (columns.length === 0) return null;
  return (
    <p class="small soft">
      Start sends three figures for each of {columns.join(", ")}: how many values you have, their sum and
      their sum of squares, each value limited to the column's range.
    </p>
  );
}
