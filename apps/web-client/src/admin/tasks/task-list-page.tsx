import type { Problem, TaskSummary } from "@tributary/protocol";
import { describeProblem, type TaskDefinition } from "@tributary/protocol";
import { useState } from "preact/hooks";
import { postJson } from "../../api.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Notice } from "../../ui/notice.tsx";
import { go } from "../navigation.ts";
import { useAnswer } from "../use-answer.ts";
import { taskKindWords } from "./task-kind-words.ts";

/** Every task of this server, and the ways to make another. */
export function TaskListPage() {
  const answer = useAnswer("/api/admin/tasks", null);
  return (
    <div class="stack">
      <div class="spread">
        <h1>Tasks</h1>
        <a class="button" data-kind="primary" href="/admin/tasks/new" data-testid="new-task">
          New task
        </a>
      </div>
      <p class="lead">
        A task says what is learned, from what kind of data, and who asks for it. Runs train a task.
      </p>
      {answer === null && <p class="soft">Loading the tasks…</p>}
      {answer?.ok === false && <Notice tone="bad">{answer.detail}</Notice>}
      {answer?.ok === true && <Tasks tasks={answer.value} />}
      <ImportTask />
    </div>
  );
}

const columns: readonly Column<TaskSummary>[] = [
  { title: "Task", cell: ({ id, title }) => <a href={`/admin/tasks/${id}`}>{title}</a> },
  { title: "Short name", cell: ({ id }) => <code>{id}</code> },
  { title: "Kind", cell: ({ kind }) => taskKindWords[kind] },
  { title: "Newest version", number: true, cell: ({ version }) => version },
  { title: "Changed", cell: ({ createdAt }) => new Date(createdAt).toLocaleString() },
];

function Tasks({ tasks }: { readonly tasks: readonly TaskSummary[] }) {
  if (tasks.length === 0) return <p>There are no tasks yet. Make the first one.</p>;
  return <DataTable label="Tasks" columns={columns} rows={tasks} keyOf={({ id }) => id} />;
}

/** A task from a file, as the export writes it. */
function ImportTask() {
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    const found = await importTask(file);
    if (found.outcome === "added") go({ page: "task", task: found.task });
    else setProblems(found.problems);
  };
  return (
    <div class="stack-tight">
      <div class="field import">
        <label for="import-task">Import a task from a JSON file</label>
        <input
          id="import-task"
          data-testid="import-task"
          type="file"
          accept=".json,application/json"
          onChange={({ currentTarget }) => void take(currentTarget.files?.[0])}
        />
      </div>
      {problems.length > 0 && (
        <Notice tone="bad">
          The file is no task:
          <ul>
            {problems.map((problem) => (
              <li key={problem.path}>{describeProblem(problem, "the file")}</li>
            ))}
          </ul>
        </Notice>
      )}
    </div>
  );
}

type Imported =
  | { readonly outcome: "added"; readonly task: string }
  | { readonly outcome: "refused"; readonly problems: readonly Problem[] };

async function importTask(file: File): Promise<Imported> {
  const refused = (problems: readonly Problem[]): Imported => ({ outcome: "refused", problems });
  let definition: unknown;
  try {
    definition = JSON.parse(await file.text());
  } catch (cause) {
    return refused([{ path: "", message: `must be JSON: ${String(cause)}` }]);
  }
  const answer = await postJson("/api/admin/tasks", definition as TaskDefinition);
  if (answer.ok) return { outcome: "added", task: answer.value.id };
  return refused(answer.problems.length > 0 ? answer.problems : [{ path: "", message: answer.detail }]);
}
