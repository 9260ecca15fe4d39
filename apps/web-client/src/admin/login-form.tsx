import { useState } from "preact/hooks";
import { logIn } from "./login.ts";

export function LoginForm() {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const token = new FormData(event.currentTarget as HTMLFormElement).get("token");
    setBusy(true);
    setProblem(await logIn(String(token)));
    setBusy(false);
  };

  return (
    <form class="login stack" onSubmit={(event) => void submit(event)}>
      <h1>Dashboard</h1>
      <p class="soft">Log in with an admin token. The server prints one when it starts for the first time.</p>
      <TokenField problem={problem} />
      <button type="submit" class="button" data-kind="primary" disabled={isBusy} data-testid="login">
        Log in
      </button>
    </form>
  );
}

function TokenField({ problem }: { readonly problem: string | null }) {
  return (
    <div class="field">
      <label for="token">Admin token</label>
      <input
        id="token"
        class="input"
        name="token"
        type="password"
        autocomplete="current-password"
        required
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : "token-problem"}
        data-testid="token"
      />
      {problem !== null && (
        <p class="error" id="token-problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
