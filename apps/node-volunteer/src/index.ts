export { createMemoryStore } from "./memory-store.ts";
export {
  type NodeVolunteers,
  type NodeVolunteersOptions,
  startNodeVolunteers,
} from "./start-node-volunteers.ts";
export { openWsSocket } from "./ws-socket.ts";
