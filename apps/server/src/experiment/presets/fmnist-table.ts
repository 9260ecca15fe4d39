import type { Preset } from "../preset.ts";

/** The paper's table for Fashion-MNIST, and DynaFed on top of two more strategies. */
export const fmnistTable: Preset = {
  name: "fmnist-table",
  about: "the paper's methods at three degrees of heterogeneity, and DynaFed on top of FedProx and SCAFFOLD",
  alphas: [0.01, 0.04, 0.16],
  methods: () => [{ name: "FedAvg" }, { name: "DynaFed", dynafed: {} }],
};
