import { FormGroup } from "../ui/form-group.tsx";
import { applies } from "./form-paths.ts";
import type { Field, FieldGroup } from "./plan-field.ts";
import { PlanFieldInput } from "./plan-field-input.tsx";
import type { NewRunForm } from "./use-new-run-form.ts";

type Props = {
  readonly group: FieldGroup;
  readonly form: NewRunForm;
  /** The field with the choices and hints that depend on the server and on the other fields. */
  readonly complete: (field: Field) => Field;
};

/** One group of the form; nothing while none of its fields applies. */
export function PlanGroup({ group, form, complete }: Props) {
  const { values, problems, change } = form;
  const shown = group.fields.filter((field) => applies(field, values));
  if (shown.length === 0) return null;
  return (
    <FormGroup title={group.title} about={group.about}>
      <div class="plan-fields">
        {shown.map((field) => (
          <PlanFieldInput
            key={field.path}
            field={complete(field)}
            value={values[field.path] ?? ""}
            problems={problems.fields[field.path] ?? []}
            onChange={change}
          />
        ))}
      </div>
    </FormGroup>
  );
}
