import type { CreateRunBody } from "@tributary/protocol";
import { Notice } from "../ui/notice.tsx";
import type { SortedProblems } from "./field-problems.ts";
import type { Field } from "./plan-field.ts";
import { fieldGroups } from "./plan-fields.ts";
import { PlanGroup } from "./plan-group.tsx";
import { presets } from "./presets.ts";
import { describedStrategy, strategyPath } from "./strategy-fields.ts";
import { useDatasetChoices } from "./use-dataset-choices.ts";
import { type NewRunForm, useNewRunForm } from "./use-new-run-form.ts";
import { type TaskChoices, useTaskChoices } from "./use-task-choices.ts";

export function NewRunPage() {
  const plain = useNewRunForm();
  const tasks = useTaskChoices(plain.values["task.id"] ?? "");
  const form = withNewestVersion(plain, tasks);
  const withDatasets = useDatasetChoices();
  const complete = (field: Field) =>
    describedStrategy(tasks.complete(withDatasets(field)), form.values[strategyPath] ?? "");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void form.submit();
  };
  return (
    <form class="stack-l" onSubmit={submit} noValidate>
      <Introduction onPreset={form.fill} />
      {fieldGroups.map((group) => (
        <PlanGroup key={group.title} group={group} form={form} complete={complete} />
      ))}
      <WhyRefused problems={form.problems} />
      <div class="row">
        <button type="submit" class="button" data-kind="primary" data-size="large" data-testid="create-run">
          Create run
        </button>
        <p class="soft">The run waits until you start it.</p>
      </div>
    </form>
  );
}

/** Another task comes with its newest version. */
function withNewestVersion(form: NewRunForm, { newestOf }: TaskChoices): NewRunForm {
  return {
    ...form,
    change(path, value) {
      form.change(path, value);
      const newest = path === "task.id" ? newestOf(value) : null;
      if (newest !== null) form.change("task.version", String(newest));
    },
  };
}

function Introduction({ onPreset }: { readonly onPreset: (body: CreateRunBody) => void }) {
  return (
    <div class="stack">
      <h1>New run</h1>
      <p class="lead">
        Start from a preset and change what you need. Once the run is created, its plan stays as it is.
      </p>
      <div class="row">
        {presets.map(({ id, label, about, body }) => (
          <button key={id} type="button" class="button" title={about} onClick={() => onPreset(body)}>
            {label}
          </button>
        ))}
      </div>
    </div>
  );
}

function WhyRefused({ problems: { fields, others } }: { readonly problems: SortedProblems }) {
  const anyField = Object.keys(fields).length > 0;
  if (!anyField && others.length === 0) return null;
  return (
    <Notice tone="bad">
      The run was not created.
      {others.map((problem) => (
        <p key={problem}>{problem}</p>
      ))}
      {anyField && <p>The fields marked above need a change.</p>}
    </Notice>
  );
}
