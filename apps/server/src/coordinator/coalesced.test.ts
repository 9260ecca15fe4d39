import { deferred } from "@tributary/platform";
import { until } from "@tributary/platform/testing";
import { expect, test } from "vitest";
import { coalesced } from "./coalesced.ts";

test("[R21] looks at jobs one after the other: asked while it looks, it looks once more, and a failure stops nothing", async () => {
  const looks: ReturnType<typeof deferred>[] = [];
  const failures: unknown[] = [];
  const check = coalesced(
    async () => {
      const look = deferred();
      looks.push(look);
      await look.promise;
      if (looks.length === 2) throw new Error("no answer");
    },
    (error) => failures.push(error),
  );
  check();
  check();
  check();
  expect(looks).toHaveLength(1);
  looks[0]?.resolve();
  await until("the second look", () => looks.length === 2);
  check();
  looks[1]?.resolve();
  await until("the third look", () => looks.length === 3);
  expect(failures).toEqual([new Error("no answer")]);
  looks[2]?.resolve();
});
