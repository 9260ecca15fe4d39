import type { Preset } from "../preset.ts";
import { ablation } from "./ablation.ts";
import { control } from "./control.ts";
import { fmnistTable } from "./fmnist-table.ts";
import { levers, recommended } from "./levers.ts";

export const presets: readonly Preset[] = [fmnistTable, ablation, control, levers, recommended];
