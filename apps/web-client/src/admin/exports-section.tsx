import { useEffect, useState } from "preact/hooks";
import { getJson } from "../api.ts";

type Props = { readonly run: string; readonly completedRounds: number };

/** The files of the run's export. */
export function ExportsSection({ run, completedRounds }: Props) {
  const files = useExportFiles(run, completedRounds);
  const inFolders = files.filter((name) => name.includes("/"));
  return (
    <section class="stack" aria-labelledby="exports">
      <h2 id="exports">Exports</h2>
      <ul class="row" data-testid="exports">
        {files
          .filter((name) => !name.includes("/"))
          .map((name) => (
            <ExportLink key={name} run={run} name={name} look="button" />
          ))}
      </ul>
      {inFolders.length > 0 && (
        <details>
          <summary>{inFolders.length} more files: snapshots and the strategy's state</summary>
          <ul class="files small">
            {inFolders.map((name) => (
              <ExportLink key={name} run={run} name={name} look="" />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

/** The list is fetched again after each completed round, which adds a snapshot. */
function useExportFiles(run: string, completedRounds: number): readonly string[] {
  const [files, setFiles] = useState<readonly string[]>([]);
  useEffect(() => {
    let isOver = false;
    void getJson("/api/admin/runs/:run/export", { run }).then((answer) => {
      if (answer.ok && !isOver) setFiles(answer.value.files);
    });
    return () => {
      isOver = true;
    };
  }, [run, completedRounds]);
  return files;
}

function ExportLink(props: { readonly run: string; readonly name: string; readonly look: "button" | "" }) {
  const { run, name, look } = props;
  return (
    <li>
      <a class={look} href={`/api/admin/runs/${run}/export/${name}`} download>
        {name}
      </a>
    </li>
  );
}
