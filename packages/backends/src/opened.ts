/** What computes: a GPU, a CPU, or a CPU behind a driver that imitates a GPU, which is far slower than either. */
export type Device = "gpu" | "cpu" | "software";

/** What opening a backend gives, before it is trusted. */
export type Opened = {
  readonly device: Device;
  /** What it runs on, for people: the driver's words where there is one. */
  readonly adapter: string;
  /** The library that computes, and its version. */
  readonly library: string;
  readonly close?: () => void | Promise<void>;
};
