/** DynaFed's settings where the data is of another kind than the pictures that they were made for. Pure. */
import type { DynafedSettings, Task } from "@tributary/protocol";

/**
 * The settings for a task: as they are for pictures; without augmentation for rows, which nothing can move or colour; null for
 * a regression, whose numbers have no soft labels.
 */
export function dynafedFor(task: Task, settings: DynafedSettings): DynafedSettings | null {
  switch (task.kind) {
    case "image-classification":
      return settings;
    case "table-classification":
      return settings.augment === "siamese" ? { ...settings, augment: "none" } : settings;
    case "table-regression":
      return null;
    default:
      return task satisfies never;
  }
}
