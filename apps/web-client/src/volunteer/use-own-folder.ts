/** Reads a folder of pictures that the volunteer picks or drops, for the chosen run. */
import { type SortedFiles, sortFiles } from "@tributary/datasets";
import { classesOf, classNamesOf, imageShapeOf, networkOf, type RunSummary } from "@tributary/protocol";
import { useRef, useState } from "preact/hooks";
import { type DecodedFolder, decodeFolder } from "../data/decode-folder.ts";
import type { FolderFile } from "../data/folder-entries.ts";
import type { PageState } from "./page-state.ts";

export type Reading =
  | { readonly phase: "none" }
  | { readonly phase: "decoding"; readonly decoded: number; readonly total: number }
  | {
      readonly phase: "done";
      readonly sorted: SortedFiles<FolderFile>;
      readonly unreadable: readonly string[];
    }
  | { readonly phase: "failed"; readonly reason: string };

type Files = readonly FolderFile[];
export type OwnFolder = {
  readonly reading: Reading;
  /** Reads these files instead of any earlier ones. */
  readonly take: (finding: Promise<Files>) => Promise<void>;
};

/** The decoded pictures become `state.folder`. */
export function useOwnFolder(state: PageState, run: RunSummary): OwnFolder {
  const [reading, setReading] = useState<Reading>({ phase: "none" });
  const newest = useRef<AbortController | null>(null);

  const take = async (finding: Promise<Files>) => {
    newest.current?.abort(new Error("another folder was chosen"));
    const controller = new AbortController();
    newest.current = controller;
    state.folder.value = null;
    const onProgress = (decoded: number, total: number) => setReading({ phase: "decoding", decoded, total });
    try {
      const { sorted, decoded } = await read(await finding, run, controller.signal, onProgress);
      if (controller.signal.aborted) return;
      state.folder.value = decoded.dataset.count === 0 ? null : decoded.dataset;
      setReading({ phase: "done", sorted, unreadable: decoded.unreadable });
    } catch (cause) {
      if (controller.signal.aborted) return;
      setReading({ phase: "failed", reason: cause instanceof Error ? cause.message : String(cause) });
    }
  };
  return { reading, take };
}

async function read(
  files: Files,
  { plan }: RunSummary,
  signal: AbortSignal,
  onProgress: (decoded: number, total: number) => void,
): Promise<{ readonly sorted: SortedFiles<FolderFile>; readonly decoded: DecodedFolder }> {
  const image = imageShapeOf(networkOf(plan));
  if (image === null) throw new Error("this run learns from tables, not from pictures");
  const classes = classesOf(networkOf(plan));
  const sorted = sortFiles({ files, classNames: classNamesOf(plan) });
  return { sorted, decoded: await decodeFolder({ files: sorted.files, image, classes, signal, onProgress }) };
}
