/** What an experiment compares: methods as changes of one base plan, which a scale makes of the data. */
import type { DynafedSettings, LocalTraining, Strategy } from "@tributary/protocol";
import type { Scale } from "../plans/scales.ts";
import type { VolunteersTrain } from "../simulation/simulated-run.ts";

/** One line of a table. What is not said is as in the base: federated averaging without DynaFed. */
export type Method = {
  /** As in the table and, in lower case, in the run's folder. No comma: `--only` parts names by it. */
  readonly name: string;
  readonly strategy?: Strategy;
  /** Changes of the scale's DynaFed settings, `{}` for none; absent: no synthesis at all. */
  readonly dynafed?: Partial<DynafedSettings>;
  readonly local?: Partial<LocalTraining>;
  /** `until-synthesis`: the control in which clients stop once the set exists. */
  readonly volunteersTrain?: VolunteersTrain;
};

export type Preset = {
  readonly name: string;
  readonly about: string;
  /** Dirichlet concentrations, unless `--alphas` says others. */
  readonly alphas: readonly number[];
  readonly methods: (scale: Scale) => readonly Method[];
};
