export { taskOfNetwork } from "./task-of-network.ts";
