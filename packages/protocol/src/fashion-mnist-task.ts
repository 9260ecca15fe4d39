/** The task that ships with the product and that small plans train. */
import type { ImageTask } from "./task/task.ts";

/** Sorts Zalando's 28 x 28 grey pictures of clothes into ten classes, with a ConvNet small enough for two cores. */
export const fashionMnistTask: ImageTask = {
  kind: "image-classification",
  id: "fashion-mnist",
  version: 1,
  texts: {
    title: "Clothes from Fashion-MNIST",
    purpose:
      "Tells ten kinds of clothes apart in small grey pictures. It shows what federated learning can do.",
    asker: "The operators of this server",
    contact: "",
    notFor: "Anything but trying out federated learning: the pictures are 28 pixels wide.",
    licence: "MIT",
  },
  image: [28, 28, 1],
  picture: { fit: "crop", resize: "area-mean", background: [255, 255, 255], grey: [0.299, 0.587, 0.114] },
  scale: { mean: [0.1307], std: [0.3081] },
  classes: [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
  ],
  network: { kind: "convnet", width: 16, depth: 3 },
  evaluation: { holdOut: 0.2, headline: "accuracy" },
};

/** The same task with the network of DynaFed's paper: 317,706 parameters. */
export const paperFashionMnistTask: ImageTask = {
  ...fashionMnistTask,
  id: "fashion-mnist-paper",
  texts: { ...fashionMnistTask.texts, title: "Clothes from Fashion-MNIST, the paper's network" },
  network: { kind: "convnet", width: 128, depth: 3 },
};
