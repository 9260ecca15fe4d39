import type { SortedFolder } from "../data/folder-sort.ts";
import { formatCount, plural } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import type { Reading } from "./use-own-folder.ts";

type Props = { readonly reading: Reading; readonly classNames: readonly string[] };

/** What was found in the folder, and what was left out. */
export function FolderFindings({ reading, classNames }: Props) {
  switch (reading.phase) {
    case "none":
      return null;
    case "decoding":
      return <Decoding decoded={reading.decoded} total={reading.total} />;
    case "failed":
      return <Notice tone="bad">The folder cannot be read: {reading.reason}</Notice>;
    case "done": {
      const { sorted, unreadable } = reading;
      return (
        <>
          {sorted.images.length === 0 && <NoPictures example={classNames[0] ?? "0"} />}
          <UnknownFolders folders={sorted.unknownFolders} />
          <UnreadableFiles paths={unreadable} />
          {sorted.otherFiles > 0 && (
            <p class="small soft">{plural(sorted.otherFiles, "other file")} left out.</p>
          )}
        </>
      );
    }
    default:
      return reading satisfies never;
  }
}

function Decoding({ decoded, total }: { readonly decoded: number; readonly total: number }) {
  return (
    <div class="stack-tight">
      <p>
        Reading pictures: {formatCount(decoded)} of {formatCount(total)}
      </p>
      <progress class="meter" value={decoded} max={total} aria-label="Pictures read" />
    </div>
  );
}

function NoPictures({ example }: { readonly example: string }) {
  return (
    <Notice tone="bad">
      There are no pictures in folders named after a class. Put them into folders such as “{example}” or “0”.
    </Notice>
  );
}

function UnknownFolders({ folders }: { readonly folders: SortedFolder<File>["unknownFolders"] }) {
  if (folders.length === 0) return null;
  const named = folders.map(
    ({ name, images }) => `“${name || "(no folder)"}” (${plural(images, "picture")})`,
  );
  return (
    <Notice tone="warn">
      Left out, because their names are not classes of this run: {named.join(", ")}.
    </Notice>
  );
}

const mostPaths = 5;

function UnreadableFiles({ paths }: { readonly paths: readonly string[] }) {
  if (paths.length === 0) return null;
  const shown = paths.slice(0, mostPaths).join(", ");
  return (
    <Notice tone="warn">
      {plural(paths.length, "file")} could not be read as a picture: {shown}
      {paths.length > mostPaths ? " and others" : ""}.
    </Notice>
  );
}
