import type { RunSummary } from "@tributary/protocol";
import { useState } from "preact/hooks";
import { postJson } from "../api.ts";
import { ConfirmButton } from "../ui/confirm-button.tsx";
import { Notice } from "../ui/notice.tsx";
import { loggedOut } from "./login.ts";
import { possibleActions, type RunAction } from "./run-actions.ts";

const words = {
  start: {
    label: "Start",
    question: "Start this run?",
    consequence: "A round opens as soon as enough volunteers are here.",
    kind: "primary",
  },
  pause: {
    label: "Pause",
    question: "Pause this run?",
    consequence: "The open round finishes first. No new round opens until you start the run again.",
  },
  stop: {
    label: "Stop",
    question: "Stop this run for good?",
    consequence:
      "A round that still waits for updates is abandoned. You cannot start a stopped run again. Its results stay.",
    kind: "danger",
  },
} as const satisfies Record<RunAction, unknown>;

/** Start, pause and stop, as far as the run's state allows them. */
export function RunControls({ summary }: { readonly summary: RunSummary }) {
  const [problem, setProblem] = useState<string | null>(null);

  const act = async (action: RunAction) => {
    const answer = await postJson("/api/admin/runs/:run/actions", { action }, { run: summary.id });
    if (!answer.ok && answer.status === 401) loggedOut();
    setProblem(answer.ok ? null : answer.detail);
  };

  return (
    <>
      <div class="row">
        {possibleActions(summary.activity).map((action) => (
          <ConfirmButton
            key={action}
            {...words[action]}
            testId={`run-${action}`}
            onConfirm={() => void act(action)}
          />
        ))}
        <a href={`/?run=${summary.id}`}>Volunteer page of this run</a>
      </div>
      {problem !== null && <Notice tone="bad">{problem}</Notice>}
    </>
  );
}
