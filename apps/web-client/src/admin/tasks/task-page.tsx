import { classNamesOf, type StoredTaskView, type Task } from "@tributary/protocol";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { plural } from "../../ui/format.ts";
import { Notice } from "../../ui/notice.tsx";
import { useAnswer } from "../use-answer.ts";
import { taskKindWords } from "./task-kind-words.ts";

/** One task: what its newest version says, and all versions as files. */
export function TaskPage({ task }: { readonly task: string }) {
  const answer = useAnswer("/api/admin/tasks/:task", null, { task });
  if (answer === null) return <p class="soft">Loading the task…</p>;
  if (!answer.ok) return <Notice tone="bad">{answer.detail}</Notice>;
  const [newest] = answer.value;
  if (newest === undefined) return null;
  return (
    <div class="stack-l">
      <Head task={newest.task} />
      <section class="stack" aria-labelledby="versions">
        <h2 id="versions">Versions</h2>
        <p class="soft measure">A version is never changed: a run keeps the one that it was created with.</p>
        <DataTable label="Versions" columns={columns} rows={answer.value} keyOf={(row) => row.task.version} />
      </section>
    </div>
  );
}

function Head({ task }: { readonly task: Task }) {
  return (
    <div class="stack">
      <div class="spread">
        <h1>{task.texts.title}</h1>
        <div class="row">
          <a class="button" href={`/admin/tasks/${task.id}/new-version`} data-testid="new-version">
            New version
          </a>
          <a class="button" data-kind="primary" href="/admin/new">
            New run
          </a>
        </div>
      </div>
      <p class="lead">{task.texts.purpose}</p>
      <p class="soft">
        <code>{task.id}</code>: {factsOf(task).join("; ")}. Asked for by {task.texts.asker}.
      </p>
    </div>
  );
}

function factsOf(task: Task): readonly string[] {
  const classes = classNamesOf({ task });
  const named =
    classes.length === 0 ? [] : [`${plural(classes.length, "class", "classes")} (${short(classes)})`];
  const shape = "image" in task ? task.image.join(" × ") : plural(task.columns.length, "column");
  return [taskKindWords[task.kind], shape, ...named, `headline ${task.evaluation.headline}`];
}

function short(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 6).join(", ")}, …` : names.join(", ");
}

const columns: readonly Column<StoredTaskView>[] = [
  { title: "Version", number: true, cell: ({ task }) => task.version },
  { title: "Title", cell: ({ task }) => task.texts.title },
  { title: "Made", cell: ({ createdAt }) => new Date(createdAt).toLocaleString() },
  {
    title: "File",
    cell: ({ task: { id, version } }) => (
      <a href={`/api/admin/tasks/${id}/versions/${version}`} download data-testid={`export-${version}`}>
        Export JSON
      </a>
    ),
  },
];
