/** What opening a backend gives, before it is trusted. */
export type Opened = {
  /** What it runs on, in the driver's words where there is one. */
  readonly adapter: string;
  /** The library that computes, and its version. */
  readonly library: string;
  readonly close?: () => void | Promise<void>;
};
