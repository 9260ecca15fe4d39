import { defaultSettings } from "@tributary/strategy";
import type { Preset } from "../preset.ts";

/**
 * The settings that the strategies' papers recommend and that are the strategies' own defaults: FedProx with mu 0.01
 * (Li et al., MLSys 2020, the middle of their grid 0.001 .. 1), SCAFFOLD with server rate 1 (Karimireddy et al., ICML
 * 2020), FedAvgM with momentum 0.9 (Hsu et al., 2019), FedAdam with rate 0.01, decays 0.9 and 0.99 and tau 0.001 (Reddi
 * et al., ICLR 2021, their best for images). The clients' optimiser is everybody's, Adam with state kept.
 */
const fedprox = defaultSettings("fedprox");
const scaffold = defaultSettings("scaffold");
const fedavgm = defaultSettings("fedavgm");
const fedadam = defaultSettings("fedadam");

/** The paper's table for Fashion-MNIST, and DynaFed on top of two more strategies. */
export const fmnistTable: Preset = {
  name: "fmnist-table",
  about: "the paper's methods at three degrees of heterogeneity, and DynaFed on top of FedProx and SCAFFOLD",
  alphas: [0.01, 0.04, 0.16],
  methods: () => [
    { name: "FedAvg" },
    { name: "FedProx", strategy: fedprox },
    { name: "SCAFFOLD", strategy: scaffold },
    { name: "FedAvgM", strategy: fedavgm },
    { name: "FedAdam", strategy: fedadam },
    { name: "DynaFed", dynafed: {} },
    { name: "DynaFed+FedProx", strategy: fedprox, dynafed: {} },
    { name: "DynaFed+SCAFFOLD", strategy: scaffold, dynafed: {} },
  ],
};
