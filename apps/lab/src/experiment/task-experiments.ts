/**
 * The preset `tasks`: the strategies on every task that ships, beside the same network trained on all data in one place.
 * Settings are those of docs/results.md for Fashion-MNIST, not tuned for each task; sizes are cut to what two cores
 * without a GPU can do in minutes.
 */
import { join } from "node:path";
import { places } from "@tributary/platform";
import { type DynafedSettings, paperLevers } from "@tributary/protocol";
import { defaultSettings } from "@tributary/strategy";
import type { Split } from "../data/split.ts";
import { deskScale, type Scale } from "../plans/scales.ts";
import type { Method } from "./preset.ts";

/** One task's experiment. */
export type TaskExperiment = {
  /** Its folder in `datasets/`, and in what the preset leaves. */
  readonly name: string;
  readonly about: string;
  readonly folder: string;
  readonly scale: Scale;
  readonly split: Split;
  readonly methods: readonly Method[];
};

/** DynaFed with labels that begin at their own class, which is the one large gain (docs/results.md). */
const dynafed: Partial<DynafedSettings> = { ...paperLevers, labelStart: 5 };
const scaffold = defaultSettings("scaffold");

const central: Method = { name: "all data in one place", isCentral: true };
const withoutDynafed: readonly Method[] = [
  { name: "FedAvg" },
  { name: "SCAFFOLD", strategy: scaffold },
  central,
];
const methods: readonly Method[] = [
  { name: "FedAvg" },
  { name: "SCAFFOLD", strategy: scaffold },
  { name: "DynaFed", dynafed },
  { name: "DynaFed+SCAFFOLD", strategy: scaffold, dynafed },
  central,
];

/** Small networks on rows: a synthesis of seconds. */
const rowScale: Scale = {
  ...deskScale,
  ...{ train: null, test: null, targets: [] },
  dynafed: { ...deskScale.dynafed, iterations: 150, refineRate: 5e-4, augment: "none" },
};

const task = (experiment: Omit<TaskExperiment, "folder">): TaskExperiment => ({
  ...experiment,
  folder: join(places.datasets, experiment.name),
});

export const taskExperiments: readonly TaskExperiment[] = [
  task({
    name: "fashion-mnist",
    about: "clothes in ten classes",
    scale: {
      ...deskScale,
      dynafed: { ...deskScale.dynafed, iterations: 100, refineRate: 5e-4 },
      targets: [],
    },
    split: { kind: "dirichlet", alpha: 0.04 },
    methods,
  }),
  task({
    name: "emoji",
    about: "emoji in nine groups, in colour",
    scale: {
      ...{ ...deskScale, name: "emoji", batchSize: 16, train: null, test: null, targets: [] },
      // Small, so that a synthesis takes a minute or two on two cores.
      dynafed: { ...deskScale.dynafed, imagesPerClass: 3, innerSteps: 6, iterations: 40, refineRate: 5e-4 },
    },
    split: { kind: "dirichlet", alpha: 0.1 },
    methods,
  }),
  task({
    name: "lending-club",
    about: "loans that go bad, a client for each state",
    scale: { ...rowScale, perRound: 20 },
    split: { kind: "column", column: "addr_state" },
    methods,
  }),
  task({
    name: "letters",
    about: "26 letters from 16 measures",
    scale: { ...rowScale, train: 6000, test: 1000 },
    split: { kind: "dirichlet", alpha: 0.1 },
    methods,
  }),
  task({
    name: "ames-housing",
    about: "prices of houses, a client for each neighbourhood",
    scale: { ...rowScale, perRound: 10 },
    split: { kind: "column", column: "Neighborhood" },
    methods: withoutDynafed,
  }),
];
