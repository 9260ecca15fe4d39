import { definitionOf, type Task, type TaskDefinition, type TaskReference } from "@tributary/protocol";
import { type Database, json } from "./database.ts";

/** One version of a task, and when it was added. */
export type StoredTask = { readonly task: Task; readonly createdAt: Date };

/** Tasks and their versions, which are never changed, only added to. */
export type TaskStorage = {
  /** The newest version of each task, in order of their ids. */
  list(): Promise<readonly StoredTask[]>;
  /** Every version of a task, newest first; empty where there is no such task. */
  versions(task: string): Promise<readonly StoredTask[]>;
  find(reference: TaskReference): Promise<Task | null>;
  /** Adds a version, and says its number. Where the newest version says the same, nothing is added, and it is that one. */
  add(definition: TaskDefinition): Promise<number>;
};

/** The tasks on `sql`. */
export function taskStorage(sql: Database): TaskStorage {
  return {
    async list() {
      const rows = await sql<TaskRecord[]>`
        /* list-tasks */
        select distinct on (task) version, definition, created_at as "createdAt" from tasks
        order by task, version desc`;
      return rows.map(storedTask);
    },
    async versions(task) {
      const rows = await sql<TaskRecord[]>`
        /* list-task-versions */
        select version, definition, created_at as "createdAt" from tasks where task = ${task}
        order by version desc`;
      return rows.map(storedTask);
    },
    async find({ id, version }) {
      const [row] = await sql<TaskRecord[]>`
        /* find-task */
        select version, definition, created_at as "createdAt" from tasks
        where task = ${id} and version = ${version}`;
      return row === undefined ? null : storedTask(row).task;
    },
    add: (definition) => addVersion(sql, definition),
  };
}

type TaskRecord = { readonly version: number; readonly definition: TaskDefinition; readonly createdAt: Date };

function storedTask({ version, definition, createdAt }: TaskRecord): StoredTask {
  return { task: { ...definition, version }, createdAt };
}

/** Of two that add at once the second waits for the first, and sees its version. */
async function addVersion(sql: Database, definition: TaskDefinition): Promise<number> {
  // A version that a caller passes along would be part of what is compared.
  const content = json(sql, definitionOf({ version: 1, ...definition }));
  return sql.begin(async (transaction) => {
    await transaction`/* hold-tasks */ lock table tasks in share row exclusive mode`;
    const [newest] = await transaction<{ version: number; same: boolean }[]>`
      /* find-newest-version */
      select version, definition = ${content}::jsonb as same from tasks where task = ${definition.id}
      order by version desc limit 1`;
    if (newest?.same === true) return newest.version;
    const version = (newest?.version ?? 0) + 1;
    await transaction`
      /* add-task-version */
      insert into tasks (task, version, definition) values (${definition.id}, ${version}, ${content})`;
    return version;
  });
}
