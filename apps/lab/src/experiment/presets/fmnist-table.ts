import { defaultSettings } from "@tributary/strategy";
import type { Preset } from "../preset.ts";
import { recommendedChanges } from "./levers.ts";

/**
 * The strategies' own defaults: FedProx with mu 0.01 (Li et al., MLSys 2020, the middle of their grid 0.001 .. 1),
 * SCAFFOLD with server rate 1 (Karimireddy et al., ICML 2020), FedAdam with rate 0.01, decays 0.9 and 0.99 and tau 0.001
 * (Reddi et al., ICLR 2021, their best for images), and FedAvgM with a momentum that suits few rounds (docs/results.md).
 * The clients' optimiser is everybody's, Adam with state kept.
 */
const fedprox = defaultSettings("fedprox");
const scaffold = defaultSettings("scaffold");
const fedavgm = defaultSettings("fedavgm");
const fedadam = defaultSettings("fedadam");

/** The paper's table for Fashion-MNIST, DynaFed on top of two more strategies, and DynaFed as new runs should use it. */
export const fmnistTable: Preset = {
  name: "fmnist-table",
  about:
    "the paper's methods at three degrees of heterogeneity, DynaFed on top of FedProx and SCAFFOLD, and with the recommended settings",
  alphas: [0.01, 0.04, 0.16],
  methods: (scale) => [
    { name: "FedAvg" },
    { name: "FedProx", strategy: fedprox },
    { name: "SCAFFOLD", strategy: scaffold },
    { name: "FedAvgM", strategy: fedavgm },
    { name: "FedAdam", strategy: fedadam },
    { name: "DynaFed", dynafed: {} },
    { name: "DynaFed+FedProx", strategy: fedprox, dynafed: {} },
    { name: "DynaFed+SCAFFOLD", strategy: scaffold, dynafed: {} },
    { name: "DynaFed recommended", dynafed: recommendedChanges(scale) },
  ],
};
