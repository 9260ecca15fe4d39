/** What a configuration says of how a folder of pictures is read. Pure. */
import type { PictureTask } from "@tributary/datasets/node";
import { ClassName, fashionMnistTask, PictureRules, schemaProblems, TaskImage } from "@tributary/protocol";
import { type Static, Type } from "typebox";
import type { SimulationConfig } from "./simulation-config.ts";

const Part = Type.Object({
  image: Type.Optional(TaskImage),
  picture: Type.Optional(PictureRules),
  classes: Type.Optional(Type.Array(ClassName)),
});

/**
 * The plan's classes, image and picture rules, as far as it gives them. null: none of them, or something wrong, which the check
 * of the whole plan says.
 */
export function pictureTaskOf({ plan }: SimulationConfig): PictureTask | null {
  if (schemaProblems(Part, plan.task).length > 0) return null;
  // The schema fits.
  const { image, picture, classes } = plan.task as Static<typeof Part>;
  if (image === undefined && classes === undefined) return null;
  return { image: image ?? null, picture: picture ?? fashionMnistTask.picture, classes: classes ?? null };
}
