/** Why an update was not used, in words that a volunteer can act on. */

const reasons: Readonly<Record<string, string>> = {
  "not-in-cohort": "this device was not asked in that round",
  "wrong-round": "the run had moved on to another round",
  "wrong-snapshot": "it was trained on another version of the model",
  "wrong-shape": "it does not fit the model",
  "wrong-dtype": "its number format is not the one that the run asks for",
  "too-large": "it is larger than the run allows",
  "too-many-examples": "it claims more examples than the run allows",
  "bad-offset": "its transfer got out of step",
  "hash-mismatch": "it was damaged on the way",
  "not-finite": "training gave numbers that are not finite",
  "out-of-bounds": "it would change the model more than the run allows",
  late: "it came after the deadline; it is fine for a slower device to miss a round now and then",
  duplicate: "the server already has one from this device for that round",
  "unknown-snapshot": "the server no longer offers that version of the model",
  "not-offered": "it came unannounced",
};

export function refusalWords(refusal: {
  readonly round: number;
  readonly reason: string;
  readonly detail: string;
}): string {
  const reason = reasons[refusal.reason] ?? refusal.reason;
  return `The update of round ${refusal.round} was not used: ${reason} (${refusal.detail}).`;
}
