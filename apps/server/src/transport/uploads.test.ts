import { describe, expect, it } from "vitest";
import { offerOf } from "../../testing/test-volunteer.ts";
import { delta } from "../../testing/volunteer-runs.ts";
import { createUploads } from "./uploads.ts";

describe("updates on their way in", () => {
  it("[T19] reserves no more for updates on their way in than the limit, and frees it when the round closes", () => {
    const uploads = createUploads(10_000);
    const { offer } = offerOf({ round: 1, snapshot: { hash: "a".repeat(64) } }, delta(1));
    expect(uploads.begin("run", "v-1", offer)?.assembly.received).toBe(0);
    expect(uploads.begin("run", "v-1", offer)).toBe(uploads.find("run", "v-1"));
    expect(uploads.begin("run", "v-2", offer)).not.toBe(null);
    expect(uploads.begin("run", "v-3", offer)).toBe(null);
    uploads.closeRounds("run", 1);
    expect(uploads.find("run", "v-1")).toBe(undefined);
    expect(uploads.begin("run", "v-3", offer)).not.toBe(null);
  });
});
