import { Masthead } from "../ui/masthead.tsx";
import { Notice } from "../ui/notice.tsx";
import { AuditPage } from "./audit-page.tsx";
import { LoginForm } from "./login-form.tsx";
import { route } from "./navigation.ts";
import { NewRunPage } from "./new-run-page.tsx";
import { RunListPage } from "./run-list-page.tsx";
import { RunPage } from "./run-page.tsx";
import { checkSession, logOut, session } from "./session.ts";

export function Dashboard() {
  const { value } = session;
  return (
    <div class="page">
      <Masthead home="/admin">
        <nav aria-label="Dashboard">
          {value.is === "in" && (
            <>
              <NavLink href="/admin" label="Runs" current={route.value.page === "runs"} />
              <NavLink href="/admin/new" label="New run" current={route.value.page === "new-run"} />
              <NavLink href="/admin/audit" label="Audit log" current={route.value.page === "audit"} />
            </>
          )}
          <a href="/">Volunteer page</a>
          {value.is === "in" && (
            <button type="button" class="button" onClick={() => void logOut()}>
              Log out
            </button>
          )}
        </nav>
      </Masthead>
      <main id="main" tabIndex={-1}>
        <Content />
      </main>
    </div>
  );
}

function Content() {
  const { value } = session;
  switch (value.is) {
    case "unknown":
      return <p class="soft">One moment…</p>;
    case "unreachable":
      return (
        <Notice tone="bad">
          <div class="spread">
            <p>{value.reason}</p>
            <button type="button" class="button" onClick={() => void checkSession()}>
              Try again
            </button>
          </div>
        </Notice>
      );
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
    case "audit":
      return <AuditPage />;
    case "unknown":
      return (
        <div class="stack">
          <h1>Nothing here</h1>
          <p>
            There is no page at <code>{here.path}</code>. <a href="/admin">All runs</a>
          </p>
        </div>
      );
    default:
      return here satisfies never;
  }
}

function NavLink(props: { readonly href: string; readonly label: string; readonly current: boolean }) {
  return (
    <a href={props.href} aria-current={props.current ? "page" : undefined}>
      {props.label}
    </a>
  );
}
