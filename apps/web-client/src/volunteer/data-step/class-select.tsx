type Props = {
  readonly id: string;
  readonly classNames: readonly string[];
  readonly label: number;
  readonly onChoose: (label: number) => void;
};

/** The class that new pictures belong to. */
export function ClassSelect({ id, classNames, label, onChoose }: Props) {
  return (
    <div class="field">
      <label for={id}>Class</label>
      <select
        id={id}
        class="input"
        value={String(label)}
        onChange={({ currentTarget }) => onChoose(Number(currentTarget.value))}
      >
        {classNames.map((name, index) => (
          <option key={index} value={String(index)}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
