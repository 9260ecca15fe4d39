import type { Field } from "./plan-fields.ts";

type Props = {
  readonly field: Field;
  readonly value: string;
  readonly problem: string | undefined;
  readonly onChange: (path: string, value: string) => void;
};

/** One field with its label, its hint, and what is wrong with it. */
export function PlanFieldInput({ field, value, problem, onChange }: Props) {
  const { path, label, hint, kind } = field;
  const described = [
    hint === undefined ? "" : `${path}-hint`,
    problem === undefined ? "" : `${path}-problem`,
  ];
  const common = {
    id: path,
    name: path,
    class: "input",
    "aria-invalid": problem !== undefined,
    "aria-describedby": described.filter((id) => id !== "").join(" ") || undefined,
  };

  if (kind.is === "flag" || kind.is === "part") {
    return (
      <label class="choice flag">
        <input
          id={path}
          type="checkbox"
          checked={value === "true"}
          onChange={(event) => onChange(path, event.currentTarget.checked ? "true" : "")}
        />
        <span>{label}</span>
      </label>
    );
  }
  return (
    <div class="field" data-wide={path === "plan.classNames" || path === "name" ? "" : undefined}>
      <label for={path}>{label}</label>
      {kind.is === "choice" ? (
        <select {...common} value={value} onChange={(event) => onChange(path, event.currentTarget.value)}>
          {kind.choices.map(([choice, words]) => (
            <option key={choice} value={choice}>
              {words}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          type="text"
          inputMode={kind.is === "integer" ? "numeric" : kind.is === "real" ? "decimal" : "text"}
          autocomplete="off"
          value={value}
          onInput={(event) => onChange(path, event.currentTarget.value)}
        />
      )}
      {hint !== undefined && (
        <p class="hint" id={`${path}-hint`}>
          {hint}
        </p>
      )}
      {problem !== undefined && (
        <p class="error" id={`${path}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}
