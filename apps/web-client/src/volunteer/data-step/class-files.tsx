import type { DataDesk } from "../../data/data-desk.ts";
import { entriesOfDrop, filesOfEntries, filesOfInput } from "../../data/folder-entries.ts";
import { DropZone } from "./drop-zone.tsx";
import { FileButton } from "./file-button.tsx";
import { PrivacyLine } from "./privacy-line.tsx";

type Props = { readonly desk: DataDesk; readonly classNames: readonly string[] };

/** Pictures for one class after the other: this works on phones, which pick no folders. */
export function ClassFiles({ desk, classNames }: Props) {
  return (
    <div class="stack">
      <PrivacyLine />
      <ul class="class-files">
        {classNames.map((name, label) => (
          <li key={label}>
            <DropZone
              class="dropzone small-zone"
              label={`Pictures of ${name}`}
              onDrop={(transfer) => void desk.addPictures(label, filesOfEntries(entriesOfDrop(transfer)))}
            >
              <span class="choice-title">{name}</span>
              <FileButton
                id={`class-files-${label}`}
                label="Add pictures"
                testId={`class-files-${label}`}
                accept="image/*"
                multiple
                onFiles={(files) => void desk.addPictures(label, filesOfInput(files))}
              />
            </DropZone>
          </li>
        ))}
      </ul>
    </div>
  );
}
