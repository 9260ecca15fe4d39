import type { Field } from "./plan-field.ts";
import { useAnswer } from "./use-answer.ts";

/** Makes the data set's field a choice among those that the server has, once it has told which. */
export function useDatasetChoices(): (field: Field) => Field {
  const answer = useAnswer("/api/admin/datasets", null);
  const datasets = answer?.ok === true ? answer.value : [];
  return (field) => {
    if (field.path !== "plan.sample.dataset" || datasets.length === 0) return field;
    const choices = datasets.map(({ name, train, test }) => [name, `${name} (${train} + ${test})`] as const);
    return { ...field, input: { kind: "choice", choices } };
  };
}
