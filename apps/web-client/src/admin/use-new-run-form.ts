/** What is typed into the form for a new run, what is wrong with it, and how it is sent. */
import type { CreateRunBody } from "@tributary/protocol";
import { useState } from "preact/hooks";
import { postJson } from "../api.ts";
import { noProblems, type SortedProblems, sortProblems } from "./field-problems.ts";
import type { FormValues } from "./form-paths.ts";
import { loggedOut } from "./login.ts";
import { go } from "./navigation.ts";
import { bodyOfForm, changedForm, formOfBody } from "./plan-form.ts";
import { presets } from "./presets.ts";

export type NewRunForm = {
  readonly values: FormValues;
  /** Why the run was not created. */
  readonly problems: SortedProblems;
  readonly change: (path: string, value: string) => void;
  readonly fill: (body: CreateRunBody) => void;
  /** Opens the new run's page, or shows why there is none. */
  readonly submit: () => Promise<void>;
};

export function useNewRunForm(): NewRunForm {
  const [values, setValues] = useState<FormValues>(() => formOfBody(presets[0].body));
  const [problems, setProblems] = useState(noProblems);
  return {
    values,
    problems,
    change: (path, value) => setValues((before) => changedForm(before, path, value, presets[0].body)),
    fill(body) {
      setValues(formOfBody(body));
      setProblems(noProblems);
    },
    async submit() {
      const found = await createRun(values);
      setProblems(found);
      focusFirst(found);
    },
  };
}

async function createRun(values: FormValues): Promise<SortedProblems> {
  const outcome = bodyOfForm(values);
  if (!outcome.ok) return sortProblems(outcome.problems, values);
  const answer = await postJson("/api/admin/runs", outcome.body);
  if (answer.ok) {
    go({ page: "run", run: answer.value.id });
    return noProblems;
  }
  if (answer.status === 401) loggedOut();
  if (answer.problems.length === 0) return { fields: {}, others: [answer.detail] };
  return sortProblems(answer.problems, values);
}

function focusFirst({ fields }: SortedProblems): void {
  const [first] = Object.keys(fields);
  if (first !== undefined) document.getElementById(first)?.focus();
}
