export { testDataset } from "./dataset.ts";
export { hashOf, testPlan } from "./plan.ts";
export { createScriptedServer, type ScriptedServer } from "./scripted-server.ts";
