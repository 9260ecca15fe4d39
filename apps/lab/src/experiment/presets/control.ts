import type { Preset } from "../preset.ts";

/** Does the synthetic set correct the average or replace the clients? With and without clients after the synthesis. */
export const control: Preset = {
  name: "control",
  about: "clients stop training once the synthetic set exists, and the server goes on refining",
  alphas: [0.01, 0.04, 0.16],
  methods: () => [
    { name: "FedAvg" },
    { name: "DynaFed", dynafed: {} },
    { name: "DynaFed (clients stop)", dynafed: {}, volunteersTrain: "until-synthesis" },
  ],
};
