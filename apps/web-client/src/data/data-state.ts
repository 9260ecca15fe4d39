/** What the data step knows, as a pure machine: every report of an older reading is dropped. */
import type { FolderMapping } from "@tributary/datasets";
import type { TableChoices, TableQuestion } from "@tributary/datasets/tables";
import type { DataReport, ReadData } from "./data-messages.ts";

/** What is under way. */
export type Activity =
  | { readonly phase: "idle" }
  | { readonly phase: "listing"; readonly found: number }
  | { readonly phase: "reading"; readonly progress: Progress | null }
  /** Only a person can decide. */
  | { readonly phase: "asking"; readonly question: TableQuestion; readonly header: readonly string[] }
  | { readonly phase: "failed"; readonly reason: string };
export type Progress = { readonly unit: "files" | "bytes"; readonly done: number; readonly total: number };

/** Whether this device keeps data for the task. */
export type Keeping =
  | { readonly phase: "unknown" }
  | { readonly phase: "working" }
  | { readonly phase: "settled"; readonly isKept: boolean }
  | { readonly phase: "failed"; readonly reason: string };

export type DataState = {
  /** The run that everything here is for; null before one is chosen. */
  readonly run: string | null;
  /** The newest reading. It only grows, over all runs. */
  readonly reading: number;
  readonly activity: Activity;
  /** What was read last; null: nothing yet. */
  readonly data: ReadData | null;
  readonly mapping: FolderMapping;
  readonly choices: TableChoices;
  readonly keeping: Keeping;
};

export type DataEvent =
  | { readonly type: "run-chosen"; readonly run: string | null }
  /** A reading begins: of files that are still to be listed, or of something whole. */
  | { readonly type: "reading-began"; readonly isListing: boolean }
  | { readonly type: "files-found"; readonly reading: number; readonly count: number }
  | { readonly type: "files-listed"; readonly reading: number }
  | { readonly type: "folder-mapped"; readonly folder: string; readonly label: number | null }
  | { readonly type: "table-chosen"; readonly choices: TableChoices }
  | { readonly type: "cancelled" }
  | { readonly type: "cleared" }
  | { readonly type: "keeping-began" }
  | DataReport;

/** Nothing chosen, nothing read. */
export const noData: DataState = {
  run: null,
  reading: 0,
  activity: { phase: "idle" },
  data: null,
  mapping: {},
  choices: {},
  keeping: { phase: "unknown" },
};

/** The state after an event. The same object where the event changes nothing. */
export function stepData(state: DataState, event: DataEvent): DataState {
  if ("reading" in event && event.reading !== state.reading) return state;
  switch (event.type) {
    case "run-chosen":
      return { ...noData, run: event.run, reading: state.reading + 1 };
    case "cleared":
      return { ...noData, run: state.run, reading: state.reading + 1, keeping: state.keeping };
    case "reading-began":
      return {
        ...state,
        reading: state.reading + 1,
        activity: event.isListing ? { phase: "listing", found: 0 } : { phase: "reading", progress: null },
      };
    case "cancelled":
      return { ...state, reading: state.reading + 1, activity: { phase: "idle" } };
    case "files-found":
      return state.activity.phase === "listing"
        ? { ...state, activity: { phase: "listing", found: state.activity.found + event.count } }
        : state;
    case "files-listed":
      return { ...state, activity: { phase: "reading", progress: null } };
    case "folder-mapped":
      return { ...state, mapping: { ...state.mapping, [event.folder]: event.label } };
    case "table-chosen":
      return { ...state, choices: event.choices };
    case "keeping-began":
      return { ...state, keeping: { phase: "working" } };
    default:
      return heard(state, event);
  }
}

/** A report of the worker's, for the newest reading. */
function heard(state: DataState, report: DataReport): DataState {
  switch (report.type) {
    case "progressed": {
      const { unit, done, total } = report;
      return { ...state, activity: { phase: "reading", progress: { unit, done, total } } };
    }
    case "read":
      return { ...state, activity: { phase: "idle" }, data: report.data };
    case "asked":
      return {
        ...state,
        activity: { phase: "asking", question: report.question, header: report.header },
      };
    case "read-failed":
      return { ...state, activity: { phase: "failed", reason: report.reason } };
    case "kept":
      return { ...state, keeping: { phase: "settled", isKept: report.isKept } };
    case "not-kept":
      return { ...state, keeping: { phase: "failed", reason: report.reason } };
    default:
      return report satisfies never;
  }
}
