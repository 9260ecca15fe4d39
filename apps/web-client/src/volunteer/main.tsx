import { render } from "preact";
import "../ui/styles/index.css";
import "./volunteer.css";
import "./data-step/data-step.css";
import { openDataWorker } from "../data/open-data-worker.ts";
import { recallChoice } from "./last-choice.ts";
import { VolunteerPage } from "./page.tsx";
import { parsePageLink } from "./page-link.ts";
import { createPageState } from "./page-state.ts";
import { storageOrMemory } from "./page-storage.ts";
import { missingFeatures } from "./requirements.ts";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

const storage = storageOrMemory(() => localStorage);
const state = createPageState({
  link: parsePageLink(location.search),
  storage,
  remembered: recallChoice(storage),
  random: Math.random,
  openData: openDataWorker,
});
const missing = missingFeatures(globalThis);
// A test or an operator can read from the page how many tensors its worker holds.
state.workbench.tensors.subscribe((count) => {
  if (count !== null) root.dataset.tensors = String(count);
});

render(<VolunteerPage state={state} missing={missing} />, root);
if (missing.length === 0) void state.load();
