/** Something was asked for that cannot be done. The message says what, and quotes the value. Commands exit with 2. */
export class Impossible extends Error {}
