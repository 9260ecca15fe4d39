import { Masthead } from "../ui/masthead.tsx";
import { Retry } from "../ui/retry.tsx";
import { AuditPage } from "./audit-page.tsx";
import { checkLogin, login, logOut } from "./login.ts";
import { LoginForm } from "./login-form.tsx";
import { route } from "./navigation.ts";
import { NewRunPage } from "./new-run-page.tsx";
import { RunListPage } from "./run-list-page.tsx";
import { RunPage } from "./run-page.tsx";
import { NewTaskPage, NewVersionPage } from "./tasks/task-form-page.tsx";
import { TaskListPage } from "./tasks/task-list-page.tsx";
import { TaskPage } from "./tasks/task-page.tsx";

export function Dashboard() {
  return (
    <div class="page">
      <Masthead home="/admin">
        <Navigation isLoggedIn={login.value.phase === "in"} />
      </Masthead>
      <main id="main" tabIndex={-1}>
        <Content />
      </main>
    </div>
  );
}

function Navigation({ isLoggedIn }: { readonly isLoggedIn: boolean }) {
  const { page } = route.value;
  return (
    <nav aria-label="Dashboard">
      {isLoggedIn && (
        <>
          <NavLink href="/admin" label="Runs" current={page === "runs"} />
          <NavLink href="/admin/new" label="New run" current={page === "new-run"} />
          <NavLink href="/admin/tasks" label="Tasks" current={page === "tasks"} />
          <NavLink href="/admin/audit" label="Audit log" current={page === "audit"} />
        </>
      )}
      <a href="/">Volunteer page</a>
      {isLoggedIn && (
        <button type="button" class="button" onClick={() => void logOut()}>
          Log out
        </button>
      )}
    </nav>
  );
}

function Content() {
  const { value } = login;
  switch (value.phase) {
    case "unknown":
      return <p class="soft">Loading…</p>;
    case "unreachable":
      return <Retry reason={value.reason} onRetry={() => void checkLogin()} />;
    case "out":
      return <LoginForm />;
    case "in":
      return <CurrentPage />;
    default:
      return value satisfies never;
  }
}

function CurrentPage() {
  const here = route.value;
  switch (here.page) {
    case "runs":
      return <RunListPage />;
    case "new-run":
      return <NewRunPage />;
    case "run":
      return <RunPage key={here.run} run={here.run} />;
    case "tasks":
      return <TaskListPage />;
    case "new-task":
      return <NewTaskPage />;
    case "task":
      return <TaskPage key={here.task} task={here.task} />;
    case "new-version":
      return <NewVersionPage key={here.task} task={here.task} />;
    case "audit":
      return <AuditPage />;
    case "unknown":
      return <NotFound path={here.path} />;
    default:
      return here satisfies never;
  }
}

function NotFound({ path }: { readonly path: string }) {
  return (
    <div class="stack">
      <h1>Page not found</h1>
      <p>
        The dashboard has no page at <code>{path}</code>. <a href="/admin">All runs</a>
      </p>
    </div>
  );
}

function NavLink(props: { readonly href: string; readonly label: string; readonly current: boolean }) {
  return (
    <a href={props.href} aria-current={props.current ? "page" : undefined}>
      {props.label}
    </a>
  );
}
