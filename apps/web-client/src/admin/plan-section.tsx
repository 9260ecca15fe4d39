import type { RunSummary } from "@tributary/protocol";
import { fieldGroups } from "./plan-fields.ts";
import { applies, formOfBody } from "./plan-form.ts";

/** The frozen plan, in the words of the form that made it. */
export function PlanSection({ summary }: { readonly summary: RunSummary }) {
  const values = formOfBody({ name: summary.name, plan: summary.plan });
  return (
    <section class="stack" aria-labelledby="plan">
      <h2 id="plan">Plan</h2>
      <details>
        <summary>Everything that fixes how this run trains</summary>
        <div class="plan-columns">
          {fieldGroups.map(({ title, fields }) => {
            const shown = fields.filter((field) => applies(field, values));
            return shown.length === 0 ? null : (
              <section key={title} class="stack-tight">
                <h3>{title}</h3>
                <dl class="plan-list small">
                  {shown.map(({ path, label }) => (
                    <div key={path}>
                      <dt>{label}</dt>
                      <dd>{values[path] === "" ? "no" : values[path] === "true" ? "yes" : values[path]}</dd>
                    </div>
                  ))}
                </dl>
              </section>
            );
          })}
        </div>
      </details>
    </section>
  );
}
