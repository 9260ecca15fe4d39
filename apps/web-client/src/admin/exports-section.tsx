import { useEffect, useState } from "preact/hooks";
import { getJson } from "../api.ts";

/** Every file of the run's export, as the server lists them; asked for again after each round. */
export function ExportsSection(props: { readonly run: string; readonly completedRounds: number }) {
  const { run, completedRounds } = props;
  const [files, setFiles] = useState<readonly string[]>([]);
  useEffect(() => {
    let over = false;
    void getJson<{ files: readonly string[] }>(`/api/admin/runs/${run}/export`).then((answer) => {
      if (answer.ok && !over) setFiles(answer.value.files);
    });
    return () => {
      over = true;
    };
  }, [run, completedRounds]);

  const tables = files.filter((name) => !name.includes("/"));
  const inFolders = files.filter((name) => name.includes("/"));
  return (
    <section class="stack" aria-labelledby="exports">
      <h2 id="exports">Exports</h2>
      <ul class="row" data-testid="exports">
        {tables.map((name) => (
          <ExportLink key={name} run={run} name={name} button />
        ))}
      </ul>
      {inFolders.length > 0 && (
        <details>
          <summary>{inFolders.length} more files: snapshots and the synthetic set</summary>
          <ul class="files small">
            {inFolders.map((name) => (
              <ExportLink key={name} run={run} name={name} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function ExportLink({ run, name, button = false }: { run: string; name: string; button?: boolean }) {
  return (
    <li>
      <a class={button ? "button" : ""} href={`/api/admin/runs/${run}/export/${name}`} download>
        {name}
      </a>
    </li>
  );
}
