export { type ClientMemory, emptyMemory, remember, settle, trainingFrom } from "./client-memory.ts";
export { decodeClientMemory, encodeClientMemory } from "./client-memory-bytes.ts";
export { finishedUpdate, type TrainedRound } from "./finished-update.ts";
export { type CreateLocalTrainerOptions, createLocalTrainer, type LocalTrainer } from "./local-trainer.ts";
export { createMemoryStorage, type MemoryStorage } from "./memory-storage.ts";
export { startVolunteer } from "./start-volunteer.ts";
export * from "./types.ts";
