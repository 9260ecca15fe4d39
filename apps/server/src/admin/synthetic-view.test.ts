import { describe, expect, it } from "vitest";
import { grey, softmax } from "./synthetic-view.ts";

describe("the synthetic set as the dashboard shows it", () => {
  it("[H6] pixels of any range become bytes from 0 to 255, and equal pixels stay equal", () => {
    expect([...grey(Float32Array.of(-2, 0, 2))]).toEqual([0, 128, 255]);
    expect([...grey(Float32Array.of(5, 5))]).toEqual([0, 0]);
  });

  it("[H6] label logits become a distribution, however large they are", () => {
    const labels = softmax(Float32Array.of(1000, 1000, -1000));
    expect(labels).toEqual([0.5, 0.5, 0]);
  });
});
