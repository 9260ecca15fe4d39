export { type CreateLocalTrainerOptions, createLocalTrainer, type LocalTrainer } from "./local-trainer.ts";
export { startVolunteer } from "./start-volunteer.ts";
export * from "./types.ts";
