/** What is typed into the form for a task, what is wrong with it, and how it is sent. */
import type { Problem, TaskDefinition } from "@tributary/protocol";
import { useState } from "preact/hooks";
import { postJson } from "../../api.ts";
import { noProblems, problemsByField, type SortedProblems } from "../field-problems.ts";
import { loggedOut } from "../login.ts";
import { go } from "../navigation.ts";
import {
  changedTaskForm,
  definitionOfForm,
  formOfDefinition,
  shownTaskFields,
  type TaskForm,
} from "./task-form.ts";

export type TaskFormState = {
  readonly form: TaskForm;
  /** Why the task was not saved. */
  readonly problems: SortedProblems;
  readonly change: (path: string, value: string) => void;
  /** Another form instead: after a sample was read, or a column was taken out. */
  readonly replace: (form: TaskForm) => void;
  /** Opens the task's page, or shows why it was not saved. */
  readonly submit: () => Promise<void>;
};

export function useTaskForm(start: TaskDefinition): TaskFormState {
  const [form, setForm] = useState<TaskForm>(() => formOfDefinition(start));
  const [problems, setProblems] = useState(noProblems);
  return {
    form,
    problems,
    change: (path, value) => setForm((before) => changedTaskForm(before, path, value)),
    replace(next) {
      setForm(next);
      setProblems(noProblems);
    },
    async submit() {
      const found = problemsByField(await save(form), shownTaskFields(form));
      setProblems(found);
      const [first] = Object.keys(found.fields);
      if (first !== undefined) document.getElementById(first)?.focus();
    },
  };
}

async function save(form: TaskForm): Promise<readonly Problem[]> {
  const outcome = definitionOfForm(form);
  if (outcome.outcome === "unreadable") return outcome.problems;
  const answer = await postJson("/api/admin/tasks", outcome.definition);
  if (answer.ok) {
    go({ page: "task", task: answer.value.id });
    return [];
  }
  if (answer.status === 401) loggedOut();
  return answer.problems.length > 0 ? answer.problems : [{ path: "", message: answer.detail }];
}
