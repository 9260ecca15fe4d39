/** Trains off the page's thread. Owns the tensors, the data and the client's memory. */
import * as tf from "@tensorflow/tfjs-core";
import { holdOutRuleOf } from "@tributary/model";
import { createLocalTrainer, type LocalTrainer } from "@tributary/volunteer";
import { reasonOf } from "../reason-of.ts";
import { chooseBackend } from "./backend-choice.ts";
import { browserProbes } from "./backends.ts";
import type { TrainerCommand, TrainerReport } from "./trainer-messages.ts";

let trainer: LocalTrainer | null = null;
/** The trainings that were asked for and have not ended, by their number. */
const trainings = new Map<number, AbortController>();

addEventListener("message", ({ data: command }: MessageEvent<TrainerCommand>) => {
  switch (command.type) {
    case "open":
      void open(command).catch((cause: unknown) => report({ type: "not-opened", reason: reasonOf(cause) }));
      return;
    case "train":
      void train(command).catch((cause: unknown) => {
        report({ type: "training-failed", training: command.training, reason: reasonOf(cause) });
      });
      return;
    case "settle":
      void settle(command);
      return;
    case "abort":
      trainings.get(command.training)?.abort(new Error("the round was left"));
      return;
    default:
      command satisfies never;
  }
});

async function open(command: Extract<TrainerCommand, { type: "open" }>): Promise<void> {
  const choice = await chooseBackend(browserProbes, command.forced);
  if (!choice.ok) {
    const tried = choice.refused.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
    report({ type: "not-opened", reason: `no backend can train here (${tried})` });
    return;
  }
  const { dataset, plan, source, memory } = command;
  trainer = createLocalTrainer({ dataset, holdOut: holdOutRuleOf(plan), source, backend: choice.name });
  if (memory !== null) trainer.importMemory(memory);
  report({ type: "opened", backend: choice.name, adapter: choice.adapter, refused: choice.refused });
}

async function train(command: Extract<TrainerCommand, { type: "train" }>): Promise<void> {
  const { training, round, plan, start, control } = command;
  if (trainer === null) throw new Error("asked to train before the trainer was opened");
  const controller = new AbortController();
  trainings.set(training, controller);
  try {
    const onBatch = (progress: { batch: number; batches: number; loss: number }) =>
      report({ type: "batch-trained", training, ...progress });
    const { signal } = controller;
    const result = await trainer.train({ round, plan, start, control, onBatch, signal });
    const tensors = tf.memory().numTensors;
    const memory = trainer.exportMemory();
    const given = [result.parameters.buffer, ...(memory === null ? [] : [memory.buffer])];
    report({ type: "round-trained", training, result, memory, tensors }, given);
  } finally {
    trainings.delete(training);
  }
}

async function settle({ round, counted }: Extract<TrainerCommand, { type: "settle" }>): Promise<void> {
  await trainer?.settle(round, counted);
  const memory = trainer?.exportMemory() ?? null;
  report({ type: "settled", memory }, memory === null ? [] : [memory.buffer]);
}

/** Tells the page, and hands the transferred buffers over. */
function report(sent: TrainerReport, transfer: Transferable[] = []): void {
  postMessage(sent, { transfer });
}
