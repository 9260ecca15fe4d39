import type { RunSummary } from "@tributary/protocol";
import { useState } from "preact/hooks";
import { postJson } from "../api.ts";
import { Notice } from "../ui/notice.tsx";
import { go } from "./navigation.ts";
import { PlanFieldInput } from "./plan-field-input.tsx";
import { type Field, fieldGroups } from "./plan-fields.ts";
import {
  applies,
  bodyOfForm,
  changedForm,
  type FieldProblems,
  type FormValues,
  formOfBody,
  problemsOfDetail,
} from "./plan-form.ts";
import { presets } from "./presets.ts";
import { loggedOut } from "./session.ts";
import { describedStrategy, strategyPath } from "./strategy-fields.ts";
import { useAnswer } from "./use-answer.ts";

export type DatasetSummary = {
  readonly name: string;
  readonly image: readonly [number, number, number];
  readonly classes: number;
  readonly train: number;
  readonly test: number;
};

export function NewRunPage() {
  const datasets = useAnswer<readonly DatasetSummary[]>("/api/admin/datasets", null);
  const [values, setValues] = useState<FormValues>(() => formOfBody(presets[0].body));
  const [problems, setProblems] = useState<FieldProblems>({});
  const [rest, setRest] = useState<readonly string[]>([]);

  const change = (path: string, value: string) =>
    setValues((before) => changedForm(before, path, value, presets[0].body));
  const show = (wrong: FieldProblems, others: readonly string[]) => {
    setProblems(wrong);
    setRest(others);
    const first = Object.keys(wrong)[0];
    if (first !== undefined) document.getElementById(first)?.focus();
  };

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const outcome = bodyOfForm(values);
    if (!outcome.ok) return show(outcome.problems, []);
    const answer = await postJson<RunSummary>("/api/admin/runs", outcome.body);
    if (answer.ok) return go({ page: "run", run: answer.value.id });
    if (answer.status === 401) return loggedOut();
    const sorted = problemsOfDetail(answer.detail);
    show(sorted.problems, sorted.rest);
  };

  const known = datasets?.ok === true ? datasets.value : [];
  return (
    <form class="stack-l" onSubmit={(event) => void submit(event)} noValidate>
      <div class="stack">
        <h1>New run</h1>
        <p class="lead">
          A plan is frozen once the run is created. Begin from one of these, and change what you need.
        </p>
        <div class="row">
          {presets.map(({ id, label, about, body }) => (
            <button
              key={id}
              type="button"
              class="button"
              title={about}
              onClick={() => {
                setValues(formOfBody(body));
                show({}, []);
              }}
            >
              {label}
            </button>
          ))}
        </div>
      </div>
      {fieldGroups.map(({ title, about, fields }) => {
        const shown = fields.filter((field) => applies(field, values));
        return shown.length === 0 ? null : (
          <fieldset class="plan-group" key={title}>
            <legend>
              <h2>{title}</h2>
              <p class="soft small">{about}</p>
            </legend>
            <div class="plan-fields">
              {shown.map((field) => (
                <PlanFieldInput
                  key={field.path}
                  field={describedStrategy(withDatasets(field, known), values[strategyPath] ?? "")}
                  value={values[field.path] ?? ""}
                  problem={problems[field.path]}
                  onChange={change}
                />
              ))}
            </div>
          </fieldset>
        );
      })}
      {(rest.length > 0 || Object.keys(problems).length > 0) && (
        <Notice tone="bad">
          The run was not created.
          {rest.map((line) => (
            <p key={line}>{line}</p>
          ))}
          {Object.keys(problems).length > 0 && <p>See the fields marked above.</p>}
        </Notice>
      )}
      <div class="row">
        <button type="submit" class="button" data-kind="primary" data-size="large" data-testid="create-run">
          Create the run
        </button>
        <p class="soft">It waits until you start it.</p>
      </div>
    </form>
  );
}

/** The data set is a choice among those that the server has. */
function withDatasets(field: Field, datasets: readonly DatasetSummary[]): Field {
  if (field.path !== "plan.sample.dataset" || datasets.length === 0) return field;
  const label = ({ name, train, test }: DatasetSummary) => `${name} (${train} + ${test})`;
  return { ...field, kind: { is: "choice", choices: datasets.map((each) => [each.name, label(each)]) } };
}
