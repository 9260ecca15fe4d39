import { leftOutWords, type SortedFiles } from "@tributary/datasets";
import type { FolderFile } from "../data/folder-entries.ts";
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
          {sorted.files.length === 0 && <NoPictures example={classNames[0] ?? "cat"} />}
          <UndecidedFolders folders={sorted.undecided} />
          <UnreadableFiles paths={unreadable} />
          <LeftOutFiles groups={sorted.leftOut} />
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
      There are no pictures in folders named after a class. Put them into folders such as “{example}”.
    </Notice>
  );
}

type Sorted = SortedFiles<FolderFile>;

function UndecidedFolders({ folders }: { readonly folders: Sorted["undecided"] }) {
  if (folders.length === 0) return null;
  const named = folders.map(({ folder, files }) => `“${folder}” (${plural(files.length, "file")})`);
  return (
    <Notice tone="warn">
      Left out, because their names are not classes of this run: {named.join(", ")}.
    </Notice>
  );
}

function LeftOutFiles({ groups }: { readonly groups: Sorted["leftOut"] }) {
  return groups.map(({ reason, folder, files }) => (
    <p key={`${reason}/${folder}`} class="small soft">
      {folder === "" ? "" : `${folder}: `}
      {plural(files.length, "file")} left out, {leftOutWords(reason)}.
    </p>
  ));
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
