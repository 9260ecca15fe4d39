import { useState } from "preact/hooks";
import { plural } from "../../ui/format.ts";
import { Notice } from "../../ui/notice.tsx";
import { readSample, type SampleReading } from "./read-sample.ts";
import type { Sample } from "./sample-columns.ts";
import type { TaskFormState } from "./use-task-form.ts";

type Props = { readonly state: TaskFormState };
type Reading = { readonly phase: "none" } | { readonly phase: "reading" } | SampleReading;

/** Fills the form's columns from a file that looks like the volunteers'. The file never leaves the page. */
export function SamplePicker({ state }: Props) {
  const [file, setFile] = useState<File | null>(null);
  const [reading, setReading] = useState<Reading>({ phase: "none" });
  const read = async (chosen: File, decimal?: "." | ",") => {
    setFile(chosen);
    setReading({ phase: "reading" });
    setReading(await readSample(chosen, decimal));
  };
  return (
    <section class="panel stack" aria-labelledby="sample">
      <h2 id="sample">Start from a sample file</h2>
      <p class="soft measure">
        A CSV file with the columns that volunteers have. Types, categories and figures are taken from it here
        in this page: <strong>the file is not sent anywhere</strong>. What the form then says is sent when you
        save.
      </p>
      <div class="field import">
        <label for="sample-file">Sample file</label>
        <input
          id="sample-file"
          data-testid="sample-file"
          type="file"
          accept=".csv,.tsv,.txt,text/csv,text/plain"
          onChange={({ currentTarget }) => {
            const chosen = currentTarget.files?.[0];
            if (chosen !== undefined) void read(chosen);
          }}
        />
      </div>
      <Outcome state={state} reading={reading} onDecimal={(sign) => file !== null && void read(file, sign)} />
    </section>
  );
}

type OutcomeProps = Props & { readonly reading: Reading; readonly onDecimal: (sign: "." | ",") => void };

function Outcome({ state, reading, onDecimal }: OutcomeProps) {
  switch (reading.phase) {
    case "none":
      return null;
    case "reading":
      return <p class="soft">Reading the sample…</p>;
    case "failed":
      return <Notice tone="bad">The sample cannot be read: {reading.reason}</Notice>;
    case "asked":
      return (
        <div class="stack-tight">
          <p>{reading.question}</p>
          <div class="row">
            <button type="button" class="button" onClick={() => onDecimal(".")}>
              A point
            </button>
            <button type="button" class="button" onClick={() => onDecimal(",")}>
              A comma
            </button>
          </div>
        </div>
      );
    case "read":
      return <TargetChoice state={state} reading={reading} />;
    default:
      return reading satisfies never;
  }
}

type ReadProps = Props & { readonly reading: Extract<SampleReading, { phase: "read" }> };

function TargetChoice({ state: { form, replace }, reading: { sample, tools } }: ReadProps) {
  const targets = tools.possibleTargets(sample, form.values.kind ?? "");
  const target = form.values["target.column"] ?? "";
  const unused = targets.includes(target) ? tools.unusedColumns(sample, target) : [];
  return (
    <div class="stack-tight" data-testid="sample-read">
      <p>
        {plural(sample.columns.length, "column")} and {plural(sample.rows, "row")}
        {sample.isWhole ? "" : ", the first of the file"}.
      </p>
      <div class="field import">
        <label for="sample-target">Which column is predicted?</label>
        <select
          id="sample-target"
          class="input"
          data-testid="sample-target"
          value={targets.includes(target) ? target : ""}
          onChange={({ currentTarget }) => replace(tools.filledForm(form, sample, currentTarget.value))}
        >
          <option value="" disabled>
            Choose a column
          </option>
          {targets.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {unused.length > 0 && <p class="small soft">Free text, not used: {unused.join(", ")}</p>}
      <Ambiguous sample={sample} />
    </div>
  );
}

/** Days that can be read in two orders are the operator's to decide. */
function Ambiguous({ sample }: { readonly sample: Sample }) {
  const names = sample.columns
    .filter(({ content }) => content.type === "date" && content.orders.length > 1)
    .map(({ name }) => name);
  if (names.length === 0) return null;
  return (
    <Notice tone="warn">
      The sample does not tell whether the day or the month comes first in {names.join(", ")}. Look at
      “Written as” below.
    </Notice>
  );
}
