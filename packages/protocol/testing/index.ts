export { measured } from "./measured.ts";
export { taskOfNetwork } from "./task-of-network.ts";
