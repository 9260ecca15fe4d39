/** What an empty form holds: a task on small grey pictures that is complete but for its names. */
import type { TaskDefinition } from "@tributary/protocol";

export const newTask: TaskDefinition = {
  kind: "image-classification",
  id: "",
  texts: { title: "", purpose: "", asker: "", contact: "", notFor: "", licence: "" },
  image: [32, 32, 1],
  picture: { fit: "crop", resize: "area-mean", background: [255, 255, 255], grey: [0.299, 0.587, 0.114] },
  scale: { mean: [0.5], std: [0.25] },
  classes: [],
  network: { kind: "convnet", width: 16, depth: 3 },
  evaluation: { holdOut: 0.2, headline: "accuracy" },
};
