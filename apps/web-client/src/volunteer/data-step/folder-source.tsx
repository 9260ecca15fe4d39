import type { ImageTask } from "@tributary/protocol";
import type { DataDesk } from "../../data/data-desk.ts";
import { entriesOfDrop, filesOfEntries, filesOfInput } from "../../data/folder-entries.ts";
import { DropZone } from "./drop-zone.tsx";
import { FileButton } from "./file-button.tsx";
import { PrivacyLine } from "./privacy-line.tsx";

type Props = { readonly desk: DataDesk; readonly task: ImageTask };

/** A folder that holds one folder for each class: picked, or dropped with whatever lies in it. */
export function FolderSource({ desk, task }: Props) {
  const drop = (transfer: DataTransfer) => void desk.addFolder(filesOfEntries(entriesOfDrop(transfer)));
  return (
    <div class="stack">
      <DropZone label="Your folder" onDrop={drop}>
        <FileButton
          id="own-folder"
          label="Pick a folder"
          testId="folder"
          multiple
          isFolder
          onFiles={(files) => void desk.addFolder(filesOfInput(files))}
        />
        <p>or drop folders here. Each class needs a folder of its own, named like the class.</p>
        <PrivacyLine />
      </DropZone>
      <p class="small soft">Classes: {task.classes.join(", ")}</p>
    </div>
  );
}
