import type { Choice, Field, FieldInput } from "./plan-field.ts";

type Props = {
  readonly field: Field;
  readonly value: string;
  readonly problems: readonly string[];
  readonly onChange: (path: string, value: string) => void;
};

/** One field with its label, its hint, and what is wrong with it. */
export function PlanFieldInput(props: Props) {
  const { kind } = props.field.input;
  return kind === "flag" || kind === "part" ? <CheckField {...props} /> : <TextField {...props} />;
}

function CheckField({ field: { path, label }, value, problems, onChange }: Props) {
  return (
    <label class="choice flag">
      <input
        id={path}
        type="checkbox"
        checked={value === "true"}
        aria-invalid={problems.length > 0}
        onChange={(event) => onChange(path, event.currentTarget.checked ? "true" : "")}
      />
      <span class="stack-tight">
        {label}
        {problems.map((problem) => (
          <span class="error-text" key={problem}>
            {problem}
          </span>
        ))}
      </span>
    </label>
  );
}

/** A labelled input or choice, with its hint and its problems below. */
function TextField(props: Props) {
  const { path, label, hint, input } = props.field;
  return (
    <div class="field" data-wide={path === "name" || isLong(input) ? "" : undefined}>
      <label for={path}>{label}</label>
      <Control {...props} />
      {hint !== undefined && (
        <p class="hint" id={hintId(path)}>
          {hint}
        </p>
      )}
      {props.problems.length > 0 && (
        <ul class="error" id={problemId(path)}>
          {props.problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Control({ field: { path, hint, input }, value, problems, onChange }: Props) {
  const describing = [
    ...(hint === undefined ? [] : [hintId(path)]),
    ...(problems.length === 0 ? [] : [problemId(path)]),
  ];
  const common = {
    id: path,
    name: path,
    class: "input",
    value,
    "aria-invalid": problems.length > 0,
    "aria-describedby": describing.join(" ") || undefined,
  };
  if (isLong(input)) {
    const rows = input.kind === "lines" ? 6 : 3;
    return (
      <textarea {...common} rows={rows} onInput={(event) => onChange(path, event.currentTarget.value)} />
    );
  }
  if (input.kind !== "choice") {
    return (
      <input
        {...common}
        type="text"
        inputMode={inputModeOf(input)}
        autocomplete="off"
        onInput={(event) => onChange(path, event.currentTarget.value)}
      />
    );
  }
  return (
    <select {...common} onChange={(event) => onChange(path, event.currentTarget.value)}>
      <Options choices={input.choices} />
    </select>
  );
}

function isLong({ kind }: FieldInput): boolean {
  return kind === "lines" || kind === "long-text";
}

function Options({ choices }: { readonly choices: readonly Choice[] }) {
  return (
    <>
      {choices.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </>
  );
}

/** The keyboard that a touch screen offers. */
function inputModeOf({ kind }: FieldInput): "numeric" | "decimal" | "text" {
  if (kind === "integer") return "numeric";
  return kind === "real" ? "decimal" : "text";
}

function hintId(path: string): string {
  return `${path}-hint`;
}

function problemId(path: string): string {
  return `${path}-problem`;
}
