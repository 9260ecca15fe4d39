/** What an experiment compares: methods, each a set of changes to the plan that the scale makes for the data. */
import type { DynafedSettings, LocalTraining, Strategy } from "@tributary/protocol";
import type { Scale } from "../plans/scales.ts";
import type { VolunteersTrain } from "../simulation/simulated-run.ts";

/** One line of a table. Fields that are absent are the base's: federated averaging without DynaFed. */
export type Method = {
  /** In the table and, in lower case, in the name of the run's folder. No commas: they separate names in `--only`. */
  readonly name: string;
  readonly strategy?: Strategy;
  /** Changes to the scale's DynaFed settings, `{}` for none. Absent: no DynaFed. */
  readonly dynafed?: Partial<DynafedSettings>;
  readonly local?: Partial<LocalTraining>;
  /**
   * The same network trained on all data in one place, for as many epochs as an example is trained on in the federated runs:
   * one client with everything, and as many rounds of one epoch.
   */
  readonly isCentral?: true;
  /** `until-synthesis`: the control in which clients stop once the set exists. */
  readonly volunteersTrain?: VolunteersTrain;
};

/** An experiment by name. */
export type Preset = {
  readonly name: string;
  readonly about: string;
  /** Dirichlet concentrations. `--alphas` overrides them. */
  readonly alphas: readonly number[];
  readonly methods: (scale: Scale) => readonly Method[];
};
