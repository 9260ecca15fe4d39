/** Makes the task's fields choices among what the server has, once it has told. */
import type { Field } from "./plan-field.ts";
import { useAnswer } from "./use-answer.ts";

export type TaskChoices = {
  readonly complete: (field: Field) => Field;
  /** The newest version of a task; null: not known. */
  readonly newestOf: (task: string) => number | null;
};

export function useTaskChoices(task: string): TaskChoices {
  const answer = useAnswer("/api/admin/tasks", null);
  const tasks = answer?.ok === true ? answer.value : [];
  const newestOf = (id: string) => tasks.find((each) => each.id === id)?.version ?? null;
  const newest = newestOf(task);
  const complete = (field: Field): Field => {
    if (field.path === "task.id" && newest !== null) {
      const choices = tasks.map(({ id, title }) => [id, `${title} (${id})`] as const);
      return { ...field, input: { kind: "choice", choices } };
    }
    if (field.path === "task.version" && newest !== null) {
      const versions = Array.from({ length: newest }, (_, at) => String(newest - at));
      const choices = versions.map(
        (version) => [version, version === String(newest) ? `${version}, the newest` : version] as const,
      );
      return { ...field, input: { kind: "choice", choices, isNumber: true } };
    }
    return field;
  };
  return { complete, newestOf };
}
