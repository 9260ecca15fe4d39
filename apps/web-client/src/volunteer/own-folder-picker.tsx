/** A folder of pictures sorted by class: picked, or dropped here. Shows what it found before anything is trained. */
import { classNamesOf, type RunSummary } from "@tributary/protocol";
import { useState } from "preact/hooks";
import { filesOfDrop, filesOfInput } from "../data/folder-entries.ts";
import { FolderFindings } from "./folder-findings.tsx";
import type { PageState } from "./page-state.ts";
import { type OwnFolder, useOwnFolder } from "./use-own-folder.ts";

export function OwnFolderPicker({ state, run }: { readonly state: PageState; readonly run: RunSummary }) {
  const { reading, take } = useOwnFolder(state, run);
  const classNames = classNamesOf(run.plan);
  return (
    <div class="stack">
      <DropZone take={take} />
      <p class="small soft">Classes: {classNames.join(", ")}</p>
      <FolderFindings reading={reading} classNames={classNames} />
    </div>
  );
}

type TakeProps = { readonly take: OwnFolder["take"] };

function DropZone({ take }: TakeProps) {
  const [isOver, setOver] = useState(false);
  const dragOver = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (event.dataTransfer !== null) void take(filesOfDrop(event.dataTransfer));
  };
  return (
    <fieldset
      class="dropzone"
      aria-label="Your folder"
      data-over={isOver ? "" : undefined}
      onDragOver={dragOver}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <FolderInput take={take} />
      <p>or drop folders here. Each class needs a folder of its own, named as below.</p>
      <p class="privacy">Your pictures never leave this device.</p>
    </fieldset>
  );
}

function FolderInput({ take }: TakeProps) {
  const change = ({ files }: HTMLInputElement) => {
    if (files !== null) void take(Promise.resolve(filesOfInput(files)));
  };
  return (
    <>
      <label class="button" for="own-folder">
        Pick a folder
      </label>
      <input
        id="own-folder"
        data-testid="folder"
        class="visually-hidden"
        type="file"
        multiple
        // Preact's types do not know this attribute.
        {...{ webkitdirectory: true }}
        onChange={(event) => change(event.currentTarget)}
      />
    </>
  );
}
