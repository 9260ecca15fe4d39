import type { DataDesk } from "../../data/data-desk.ts";
import type { AskedFolder } from "../../data/data-messages.ts";
import { plural } from "../../ui/format.ts";

type Props = { readonly desk: DataDesk; readonly classNames: readonly string[] };

const LEAVE_OUT = "leave-out";

/** Folders whose names decide nothing: the volunteer says which class each of them is. */
export function UndecidedFolders({ desk, classNames }: Props) {
  const { data, mapping } = desk.state.value;
  const folders = data?.found.kind === "pictures" ? data.found.undecided : [];
  if (folders.length === 0) return null;
  const open = folders.filter(({ folder }) => mapping[folder] === undefined);
  return (
    <section class="panel stack" aria-labelledby="undecided" data-testid="undecided" data-open={open.length}>
      <h3 id="undecided">Which class is it?</h3>
      <p class="soft">
        {open.length === 0
          ? "All folders are decided. You can still change a choice."
          : "These folders are not named like a class. Their pictures wait for your choice: nothing is guessed."}
      </p>
      <ul class="mapping">
        {folders.map((asked) => (
          <li key={asked.folder}>
            <FolderChoice
              asked={asked}
              classNames={classNames}
              choice={mapping[asked.folder]}
              onChoose={(label) => desk.mapFolder(asked.folder, label)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

type ChoiceProps = {
  readonly asked: AskedFolder;
  readonly classNames: readonly string[];
  readonly choice: number | null | undefined;
  readonly onChoose: (label: number | null) => void;
};

function FolderChoice({ asked: { folder, files, suggestions }, classNames, choice, onChoose }: ChoiceProps) {
  const id = `folder-${folder}`;
  return (
    <div class="field">
      <label for={id}>
        {folder} <span class="soft small">{plural(files, "file")}</span>
      </label>
      <select
        id={id}
        class="input"
        value={choice === undefined ? "" : choice === null ? LEAVE_OUT : String(choice)}
        onChange={({ currentTarget: { value } }) => onChoose(value === LEAVE_OUT ? null : Number(value))}
      >
        <option value="" disabled>
          Choose a class
        </option>
        <option value={LEAVE_OUT}>Leave these out</option>
        {suggestions.length > 0 && (
          <optgroup label="Perhaps">
            {suggestions.map((label) => (
              <option key={label} value={label}>
                {classNames[label]}
              </option>
            ))}
          </optgroup>
        )}
        <optgroup label="All classes">
          {classNames.map((name, label) => (
            <option key={label} value={label}>
              {name}
            </option>
          ))}
        </optgroup>
      </select>
    </div>
  );
}
