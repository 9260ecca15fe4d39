export { createMemoryStore } from "./memory-store.ts";
export { startVolunteer } from "./start-volunteer.ts";
export { type ClientMemory, emptyMemory, remember, settle } from "./training/client-memory.ts";
export { decodeClientMemory } from "./training/client-memory-bytes.ts";
export { type ClientMemoryStorage, createClientMemoryStorage } from "./training/client-memory-storage.ts";
export { finishedUpdate, type TrainedRound } from "./training/finished-update.ts";
export { type ClientData, type LocalRoundResult, playLocalRound } from "./training/local-round.ts";
export {
  type CreateLocalTrainerOptions,
  createLocalTrainer,
  type LocalTrainer,
} from "./training/local-trainer.ts";
export * from "./types.ts";
