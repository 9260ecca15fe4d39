/** What is typed into the form for a new run, what is wrong with it, and how it is sent. */
import type { CreateRunBody, RunSummary } from "@tributary/protocol";
import { useState } from "preact/hooks";
import { postJson } from "../api.ts";
import { loggedOut } from "./login.ts";
import { go } from "./navigation.ts";
import {
  bodyOfForm,
  changedForm,
  type FieldProblems,
  type FormValues,
  formOfBody,
  problemsOfDetail,
} from "./plan-form.ts";
import { presets } from "./presets.ts";

/** Why the run was not created: problems of fields, and those that belong to no field. */
export type Refusal = { readonly fields: FieldProblems; readonly others: readonly string[] };

export type NewRunForm = {
  readonly values: FormValues;
  readonly refusal: Refusal;
  readonly change: (path: string, value: string) => void;
  readonly fill: (body: CreateRunBody) => void;
  /** Opens the new run's page, or shows why there is none. */
  readonly submit: () => Promise<void>;
};

const nothingWrong: Refusal = { fields: {}, others: [] };

export function useNewRunForm(): NewRunForm {
  const [values, setValues] = useState<FormValues>(() => formOfBody(presets[0].body));
  const [refusal, setRefusal] = useState<Refusal>(nothingWrong);
  return {
    values,
    refusal,
    change: (path, value) => setValues((before) => changedForm(before, path, value, presets[0].body)),
    fill(body) {
      setValues(formOfBody(body));
      setRefusal(nothingWrong);
    },
    async submit() {
      const refused = await createRun(values);
      setRefusal(refused);
      focusFirst(refused);
    },
  };
}

async function createRun(values: FormValues): Promise<Refusal> {
  const outcome = bodyOfForm(values);
  if (!outcome.ok) return { fields: outcome.problems, others: [] };
  const answer = await postJson<RunSummary>("/api/admin/runs", outcome.body);
  if (answer.ok) {
    go({ page: "run", run: answer.value.id });
    return nothingWrong;
  }
  if (answer.status === 401) loggedOut();
  const sorted = problemsOfDetail(answer.detail);
  return { fields: sorted.problems, others: sorted.rest };
}

function focusFirst({ fields }: Refusal): void {
  const [first] = Object.keys(fields);
  if (first !== undefined) document.getElementById(first)?.focus();
}
