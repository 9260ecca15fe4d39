import type { Preset } from "../preset.ts";

/** Whether the synthetic set corrects the average or replaces the clients: with and without them after synthesis. */
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
