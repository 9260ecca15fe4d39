/** How large a simulated run is. `paper` is the protocol of the published numbers (Pi et al., CVPR 2023, section 4.1). */
import { type DynafedSettings, paperLevers } from "@tributary/protocol";

/** The numbers of a scale; `scalePlan` makes a plan of them. */
export type Scale = {
  readonly name: string;
  readonly about: string;
  readonly clients: number;
  readonly perRound: number;
  /** Images used, in which classes keep their shares. null, or more than there are: all. */
  readonly train: number | null;
  readonly test: number | null;
  readonly width: number;
  readonly rounds: number;
  readonly batchSize: number;
  /** Learning rate of the clients' Adam, whose state each client keeps from round to round. */
  readonly clientRate: number;
  readonly dynafed: DynafedSettings;
  /** Accuracies whose first round the table names. */
  readonly targets: readonly number[];
};

const paperDynafed: DynafedSettings = {
  ...paperLevers,
  snapshots: 25,
  imagesPerClass: 15,
  innerSteps: 20,
  innerStep: 0.04,
  iterations: 3000,
  imageRate: 5e-2,
  labelRate: 1e-2,
  innerStepRate: 1e-5,
  ahead: 3,
  leastAveraged: 2,
  refineSteps: 20,
  refineRate: 1e-4,
  augment: "siamese",
};

/** The protocol of the published numbers. */
export const paperScale: Scale = {
  name: "paper",
  about: "80 clients, 32 a round, 200 rounds, all images, width 128: the published protocol, for a GPU",
  clients: 80,
  perRound: 32,
  train: null,
  test: null,
  width: 128,
  rounds: 200,
  batchSize: 32,
  clientRate: 1e-3,
  dynafed: paperDynafed,
  targets: [0.75, 0.8, 0.85, 0.875],
};

/** For two cores without a GPU. */
export const deskScale: Scale = {
  name: "desk",
  about: "20 clients, 8 a round, 40 rounds, 6,000 and 1,000 images, width 16: two cores without a GPU",
  clients: 20,
  perRound: 8,
  train: 6000,
  test: 1000,
  width: 16,
  rounds: 40,
  batchSize: 32,
  clientRate: 1e-3,
  dynafed: {
    ...paperDynafed,
    snapshots: 16,
    imagesPerClass: 5,
    innerSteps: 10,
    innerStep: 0.4,
    iterations: 200,
    refineRate: 1e-3,
  },
  targets: [0.5, 0.6, 0.65, 0.7],
};

/** All scales of the experiments, the default first. */
export const scales: readonly Scale[] = [
  deskScale,
  paperScale,
  {
    name: "tiny",
    about: "4 clients, 2 a round, 8 rounds, 200 images, width 4: to see in seconds that all of it works",
    clients: 4,
    perRound: 2,
    train: 200,
    test: 100,
    width: 4,
    rounds: 8,
    batchSize: 32,
    clientRate: 1e-3,
    dynafed: {
      ...paperDynafed,
      snapshots: 5,
      imagesPerClass: 1,
      innerSteps: 2,
      innerStep: 0.4,
      iterations: 20,
      refineSteps: 4,
      refineRate: 1e-3,
    },
    targets: [0.2, 0.4],
  },
];
