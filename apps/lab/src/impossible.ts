/** The user asked for something impossible. The message says what and quotes the value. Commands exit with status 2. */
export class Impossible extends Error {}
