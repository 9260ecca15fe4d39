export { testPlan } from "./plan.ts";
