/** Every way to bring pictures: a folder by class, files for each class, the camera, a drawing pad. */
import type { ImageTask } from "@tributary/protocol";
import { useState } from "preact/hooks";
import type { DataDesk } from "../../data/data-desk.ts";
import { Camera } from "./camera.tsx";
import { ClassFiles } from "./class-files.tsx";
import { DrawingPad } from "./drawing-pad.tsx";
import { FolderSource } from "./folder-source.tsx";
import { KeepData, KeptOffer } from "./keep-data.tsx";
import { UndecidedFolders } from "./undecided-folders.tsx";

type Props = { readonly desk: DataDesk; readonly task: ImageTask };
type Way = "folder" | "files" | "camera" | "pad";

const ways: readonly { readonly way: Way; readonly title: string }[] = [
  { way: "folder", title: "A folder" },
  { way: "files", title: "Files by class" },
  { way: "camera", title: "Camera" },
  { way: "pad", title: "Drawing pad" },
];

export function OwnPictures({ desk, task }: Props) {
  const [way, setWay] = useState<Way>("folder");
  const offered = ways.filter((each) => each.way !== "pad" || isDrawable(task));
  return (
    <div class="stack">
      <KeptOffer desk={desk} />
      <fieldset class="ways">
        <legend class="visually-hidden">How you bring the pictures</legend>
        {offered.map((each) => (
          <label class="way" key={each.way}>
            <input
              type="radio"
              name="way"
              value={each.way}
              checked={way === each.way}
              onChange={() => setWay(each.way)}
            />
            {each.title}
          </label>
        ))}
      </fieldset>
      <SourceOf way={way} desk={desk} task={task} />
      <UndecidedFolders desk={desk} classNames={task.classes} />
      <KeepData desk={desk} />
    </div>
  );
}

function SourceOf({ way, desk, task }: Props & { readonly way: Way }) {
  switch (way) {
    case "folder":
      return <FolderSource desk={desk} task={task} />;
    case "files":
      return <ClassFiles desk={desk} classNames={task.classes} />;
    case "camera":
      return <Camera desk={desk} classNames={task.classes} />;
    case "pad":
      return <DrawingPad desk={desk} classNames={task.classes} />;
    default:
      return way satisfies never;
  }
}

/** What a hand can draw: small and grey. */
function isDrawable({ image: [height, width, channels] }: ImageTask): boolean {
  return channels === 1 && height <= 64 && width <= 64;
}
