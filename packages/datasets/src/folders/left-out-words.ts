/** How files that are in no class are described to people. */
import type { LeftOutFilesReason } from "./sort-files.ts";

/** Why, and what to do about it: one sentence without the files' names. */
export function leftOutWords(reason: LeftOutFilesReason): string {
  switch (reason) {
    case "junk":
      return "made by a system, not pictures of yours";
    case "document":
      return "documents and archives, not pictures";
    case "other-part":
      return "in a part kept for validation or test, never trained on: move them into the training part to use them";
    case "no-class-folder":
      return "in no folder of a class: put them into a folder named after their class";
    case "chosen":
      return "left out as chosen";
    default:
      return reason satisfies never;
  }
}
