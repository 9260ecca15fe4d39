import { type RunSummary, settingsOf } from "@tributary/protocol";
import { applies, type FormValues } from "./form-paths.ts";
import type { Field, FieldGroup } from "./plan-field.ts";
import { fieldGroups } from "./plan-fields.ts";
import { formOfBody } from "./plan-form.ts";

/** The run's plan, in the words of the form that made it. */
export function PlanSection({ summary }: { readonly summary: RunSummary }) {
  const { name, plan } = summary;
  const { id, version } = plan.task;
  const values = formOfBody({ name, task: { id, version }, plan: settingsOf(plan) });
  return (
    <section class="stack" aria-labelledby="plan">
      <h2 id="plan">Plan</h2>
      <details>
        <summary>Every setting of this run, fixed since it was created</summary>
        <div class="plan-columns">
          {fieldGroups.map((group) => (
            <Settings key={group.title} group={group} values={values} />
          ))}
        </div>
      </details>
    </section>
  );
}

function Settings({ group, values }: { readonly group: FieldGroup; readonly values: FormValues }) {
  const shown = group.fields.filter((field) => applies(field, values));
  if (shown.length === 0) return null;
  return (
    <section class="stack-tight">
      <h3>{group.title}</h3>
      <dl class="plan-list small">
        {shown.map((field) => (
          <div key={field.path}>
            <dt>{field.label}</dt>
            <dd>{shownValue(field, values[field.path] ?? "")}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function shownValue({ input }: Field, text: string): string {
  switch (input.kind) {
    case "flag":
    case "part":
      return text === "true" ? "yes" : "no";
    case "choice":
      return input.choices.find(([value]) => value === text)?.[1] ?? text;
    default:
      return text === "" ? "none" : text;
  }
}
