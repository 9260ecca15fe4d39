import { describe, expect, it } from "vitest";
import { freeRunId } from "./create-run.ts";

describe("freeRunId", () => {
  it.each([
    ["Fashion-MNIST demo", [], "fashion-mnist-demo"],
    ["Fashion-MNIST demo", ["fashion-mnist-demo", "fashion-mnist-demo-2"], "fashion-mnist-demo-3"],
    ["  Été à la plage!  ", [], "ete-a-la-plage"],
    ["日本", [], "run"],
    ["x".repeat(120), [], "x".repeat(50)],
  ])("[H5] the run named %j, with %j taken, gets the id %s", (name, taken, id) => {
    const free = freeRunId(name, new Set(taken));
    expect(free).toMatch(/^[a-z0-9-]{1,64}$/);
    expect(free).toBe(id);
  });
});
