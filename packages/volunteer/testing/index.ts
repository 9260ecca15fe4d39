export { testDataset } from "./dataset.ts";
export { hashOf, testPlan } from "./plan.ts";
export { depsOf, eventually, soon, stubbornTrainer } from "./running-volunteer.ts";
export { createScriptedServer, type ScriptedServer } from "./scripted-server.ts";
