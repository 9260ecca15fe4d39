/** The part of papaparse that is used. DefinitelyTyped's declarations bring Node's into every package that reads them. */
declare module "papaparse" {
  type Settings = {
    readonly delimiter: string;
    readonly newline: "\n" | "\r";
    /** At most so many rows. */
    readonly preview?: number;
  };
  type Fault = {
    readonly code: "MissingQuotes" | "InvalidQuotes";
    /** The row's place in `data`; `data.length` for a row that is not whole. */
    readonly row: number;
    /** Where the quoted cell begins, behind its opening quote. */
    readonly index: number;
  };
  type Parsed = {
    readonly data: readonly (readonly string[])[];
    readonly errors: readonly Fault[];
    /** `cursor`: where the row behind the last one of `data` begins. */
    readonly meta: { readonly cursor: number };
  };
  class Parser {
    constructor(settings: Settings);
    parse(text: string, baseIndex: number, ignoreLastRow: boolean): Parsed;
  }
  const papa: { readonly Parser: typeof Parser };
  export default papa;
}
