import type { RefusalReason } from "@tributary/protocol";

/** Why an update does not count: one of the wire's reasons, and a sentence with the values. */
export type Refusal = { readonly reason: RefusalReason; readonly detail: string };
