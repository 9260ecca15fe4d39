import { definitionOf, type TaskDefinition } from "@tributary/protocol";
import { FormGroup } from "../../ui/form-group.tsx";
import { Notice } from "../../ui/notice.tsx";
import type { Field, FieldGroup } from "../plan-field.ts";
import { PlanFieldInput } from "../plan-field-input.tsx";
import { useAnswer } from "../use-answer.ts";
import { newTask } from "./new-task.ts";
import { SamplePicker } from "./sample-picker.tsx";
import { taskGroups } from "./task-fields.ts";
import { changedColumns, shownColumns, shownTaskFields } from "./task-form.ts";
import { type TaskFormState, useTaskForm } from "./use-task-form.ts";

export function NewTaskPage() {
  return <TaskFormPage title="New task" start={newTask} />;
}

/** The newest version, to be changed into the next one. */
export function NewVersionPage({ task }: { readonly task: string }) {
  const answer = useAnswer("/api/admin/tasks/:task", null, { task });
  if (answer === null) return <p class="soft">Loading the task…</p>;
  if (!answer.ok) return <Notice tone="bad">{answer.detail}</Notice>;
  const newest = answer.value[0]?.task;
  if (newest === undefined) return null;
  return <TaskFormPage title={`New version of ${newest.texts.title}`} start={definitionOf(newest)} />;
}

function TaskFormPage({ title, start }: { readonly title: string; readonly start: TaskDefinition }) {
  const state = useTaskForm(start);
  const { form, problems } = state;
  const isOfRows = form.values.kind !== "image-classification";
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void state.submit();
  };
  const [about, ...others] = taskGroups;
  return (
    <form class="stack-l" onSubmit={submit} noValidate>
      <h1>{title}</h1>
      {about !== undefined && <Group group={about} state={state} />}
      {isOfRows && <SamplePicker state={state} />}
      {isOfRows && <Columns state={state} />}
      {others.map((group) => (
        <Group key={group.title} group={group} state={state} />
      ))}
      {(problems.others.length > 0 || Object.keys(problems.fields).length > 0) && (
        <Notice tone="bad">
          The task was not saved.
          {problems.others.map((problem) => (
            <p key={problem}>{problem}</p>
          ))}
          {Object.keys(problems.fields).length > 0 && <p>The fields marked above need a change.</p>}
        </Notice>
      )}
      <div class="row">
        <button type="submit" class="button" data-kind="primary" data-size="large" data-testid="save-task">
          Save task
        </button>
        <p class="soft">Saved as a new version; earlier ones stay.</p>
      </div>
    </form>
  );
}

type GroupProps = { readonly group: FieldGroup; readonly state: TaskFormState };

function Group({ group, state }: GroupProps) {
  const applying = new Set(shownTaskFields(state.form));
  const shown = group.fields.filter((field) => applying.has(field));
  if (shown.length === 0) return null;
  return (
    <FormGroup title={group.title} about={group.about}>
      <Fields fields={shown} state={state} />
    </FormGroup>
  );
}

function Fields({ fields, state }: { readonly fields: readonly Field[]; readonly state: TaskFormState }) {
  const { form, problems, change } = state;
  return (
    <div class="plan-fields">
      {fields.map((field) => (
        <PlanFieldInput
          key={field.path}
          field={field}
          value={form.values[field.path] ?? ""}
          problems={problems.fields[field.path] ?? []}
          onChange={change}
        />
      ))}
    </div>
  );
}

/** The columns that the network sees, each in a part that folds. */
function Columns({ state }: { readonly state: TaskFormState }) {
  const { form, problems, replace } = state;
  return (
    <section class="stack" aria-labelledby="columns">
      <h2 id="columns">Columns</h2>
      {shownColumns(form).map((fields, at) => (
        <details
          key={at}
          class="panel column"
          open={fields.some(({ path }) => problems.fields[path] !== undefined) || undefined}
        >
          <summary>
            <strong>{form.values[`columns.${at}.name`] || "New column"}</strong>{" "}
            <span class="soft">{form.values[`columns.${at}.type`]}</span>
          </summary>
          <Fields fields={fields} state={state} />
          <button type="button" class="button" onClick={() => replace(changedColumns(form, at))}>
            Remove this column
          </button>
        </details>
      ))}
      <div class="row">
        <button type="button" class="button" onClick={() => replace(changedColumns(form, null))}>
          Add a column
        </button>
      </div>
    </section>
  );
}
