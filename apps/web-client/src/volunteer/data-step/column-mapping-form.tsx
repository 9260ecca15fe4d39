import type { MappedColumn, UndecidedColumn } from "@tributary/datasets/tables";
import type { TableTask } from "@tributary/protocol";
import { useState } from "preact/hooks";
import type { DataDesk } from "../../data/data-desk.ts";
import { type ColumnPicks, choicesOf, picksOf } from "./column-picks.ts";

type Props = {
  readonly desk: DataDesk;
  readonly task: TableTask;
  readonly header: readonly string[];
  readonly undecided: readonly UndecidedColumn[];
  /** What is decided so far; empty while nothing is known. */
  readonly mapping: readonly MappedColumn[];
};

/** Which column of the file each column of the task is. */
export function ColumnMappingForm({ desk, task, header, undecided, mapping }: Props) {
  const [picks, setPicks] = useState<ColumnPicks>(() => picksOf({ header, undecided, mapping }));
  const names = Object.keys(picks);
  const isComplete = names.every((name) => picks[name] !== "");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const { choices } = desk.state.value;
    desk.chooseTable({ ...choices, columns: { ...choices.columns, ...choicesOf(picks) } });
  };
  return (
    <form class="stack" onSubmit={submit}>
      <ul class="mapping">
        {names.map((name) => (
          <li key={name}>
            <ColumnChoice
              name={name}
              pick={picks[name] ?? ""}
              header={header}
              suggestions={undecided.find(({ column }) => column === name)?.suggestions ?? []}
              mayBeMissing={mayBeMissing(task, name)}
              onPick={(pick) => setPicks((before) => ({ ...before, [name]: pick }))}
            />
          </li>
        ))}
      </ul>
      <div class="row">
        <button
          type="submit"
          class="button"
          data-kind="primary"
          data-testid="use-columns"
          disabled={!isComplete}
        >
          Use these columns
        </button>
      </div>
    </form>
  );
}

function mayBeMissing({ columns }: TableTask, name: string): boolean {
  return columns.some((column) => column.name === name && column.missing !== "refuse");
}

type ChoiceProps = {
  readonly name: string;
  readonly pick: string;
  readonly header: readonly string[];
  readonly suggestions: readonly string[];
  readonly mayBeMissing: boolean;
  readonly onPick: (pick: string) => void;
};

function ColumnChoice({ name, pick, header, suggestions, mayBeMissing, onPick }: ChoiceProps) {
  const id = `column-${name}`;
  return (
    <div class="field">
      <label for={id}>{name}</label>
      <select
        id={id}
        class="input"
        value={pick}
        onChange={({ currentTarget }) => onPick(currentTarget.value)}
      >
        <option value="" disabled>
          Choose a column of the file
        </option>
        {mayBeMissing && <option value="none">The file has none: count every cell as empty</option>}
        {suggestions.length > 0 && (
          <optgroup label="Perhaps">
            <Names names={suggestions} />
          </optgroup>
        )}
        <optgroup label="All columns of the file">
          <Names names={header} />
        </optgroup>
      </select>
    </div>
  );
}

function Names({ names }: { readonly names: readonly string[] }) {
  return (
    <>
      {names.map((column) => (
        <option key={column} value={`is ${column}`}>
          {column}
        </option>
      ))}
    </>
  );
}
