/** A folder of images sorted by class: picked, or dropped here. Shows what it found before anything is trained. */
import type { RunSummary } from "@tributary/protocol";
import { useRef, useState } from "preact/hooks";
import { decodeFolder } from "../data/decode-folder.ts";
import { filesOfDrop, filesOfInput } from "../data/folder-entries.ts";
import { type FolderFile, type SortedFolder, sortFolder } from "../data/folder-sort.ts";
import { formatCount, plural } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import type { PageState } from "./page-state.ts";

type Reading =
  | { readonly is: "none" }
  | { readonly is: "decoding"; readonly decoded: number; readonly total: number }
  | { readonly is: "done"; readonly sorted: SortedFolder<File>; readonly unreadable: readonly string[] }
  | { readonly is: "failed"; readonly reason: string };

export function OwnFolderPicker({ state, run }: { readonly state: PageState; readonly run: RunSummary }) {
  const [reading, setReading] = useState<Reading>({ is: "none" });
  const [over, setOver] = useState(false);
  const current = useRef<AbortController | null>(null);
  const { classNames, network } = run.plan;

  const take = async (finding: Promise<readonly FolderFile<File>[]>) => {
    current.current?.abort(new Error("another folder was chosen"));
    const controller = new AbortController();
    current.current = controller;
    state.folder.value = null;
    try {
      const files = await finding;
      const sorted = sortFolder(files, classNames);
      const { dataset, unreadable } = await decodeFolder({
        folder: sorted,
        image: network.image,
        classes: network.classes,
        signal: controller.signal,
        onProgress: (decoded, total) => setReading({ is: "decoding", decoded, total }),
      });
      if (controller.signal.aborted) return;
      const name = files[0]?.path.split("/")[0] ?? "folder";
      state.folder.value = dataset.count === 0 ? null : { dataset, name };
      setReading({ is: "done", sorted, unreadable });
    } catch (cause) {
      if (controller.signal.aborted) return;
      setReading({ is: "failed", reason: cause instanceof Error ? cause.message : String(cause) });
    }
  };

  return (
    <div class="stack">
      <fieldset
        class="dropzone"
        aria-label="Your folder"
        data-over={over ? "" : undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          if (event.dataTransfer !== null) void take(filesOfDrop(event.dataTransfer));
        }}
      >
        <label class="button" for="own-folder">
          Pick a folder
        </label>
        <input
          id="own-folder"
          data-testid="folder"
          class="visually-hidden"
          type="file"
          multiple
          {...{ webkitdirectory: true }}
          onChange={(event) => {
            const { files } = event.currentTarget;
            if (files !== null) void take(Promise.resolve(filesOfInput(files)));
          }}
        />
        <p>or drop folders here. Inside, one folder for each class, named as below.</p>
        <p class="privacy">Your images never leave this device.</p>
      </fieldset>
      <p class="small soft">Classes: {classNames.join(", ")}</p>
      <Found reading={reading} classNames={classNames} />
    </div>
  );
}

function Found({
  reading,
  classNames,
}: {
  readonly reading: Reading;
  readonly classNames: readonly string[];
}) {
  switch (reading.is) {
    case "none":
      return null;
    case "decoding":
      return (
        <div class="stack-tight">
          <p>
            Reading images, {formatCount(reading.decoded)} of {formatCount(reading.total)}
          </p>
          <progress class="meter" value={reading.decoded} max={reading.total} aria-label="Images read" />
        </div>
      );
    case "failed":
      return <Notice tone="bad">The folder cannot be read: {reading.reason}</Notice>;
    case "done":
      return <Findings sorted={reading.sorted} unreadable={reading.unreadable} classNames={classNames} />;
    default:
      return reading satisfies never;
  }
}

function Findings(props: {
  readonly sorted: SortedFolder<File>;
  readonly unreadable: readonly string[];
  readonly classNames: readonly string[];
}) {
  const { sorted, unreadable, classNames } = props;
  const { images, unknownFolders, otherFiles } = sorted;
  return (
    <>
      {images.length === 0 && (
        <Notice tone="bad">
          No images in folders named after a class. Put them into folders such as “{classNames[0]}” or “0”.
        </Notice>
      )}
      {unknownFolders.length > 0 && (
        <Notice tone="warn">
          Left out, because the folder's name is no class of this run:{" "}
          {unknownFolders
            .map(({ name, images }) => `“${name || "(none)"}” (${plural(images, "image")})`)
            .join(", ")}
          .
        </Notice>
      )}
      {unreadable.length > 0 && (
        <Notice tone="warn">
          {plural(unreadable.length, "file")} could not be read as an image:{" "}
          {unreadable.slice(0, 5).join(", ")}
          {unreadable.length > 5 ? " and others" : ""}.
        </Notice>
      )}
      {otherFiles > 0 && <p class="small soft">{plural(otherFiles, "other file")} left out.</p>}
    </>
  );
}
