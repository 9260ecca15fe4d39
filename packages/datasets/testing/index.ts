/** For tests: small pictures of every kind, and the network inputs that they must give. */
export * from "./picture-bytes.ts";
export * from "./picture-fixtures.ts";
