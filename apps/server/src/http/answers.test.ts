import { RunList } from "@tributary/protocol";
import Fastify from "fastify";
import { describe, expect, it } from "vitest";
import { type AnswerMode, answerSerializer } from "./answers.ts";

/** A server with one route that answers `answer` under the schema of /api/runs. */
async function answered(mode: AnswerMode, answer: unknown) {
  const app = Fastify();
  app.setSerializerCompiler(answerSerializer(mode));
  app.get("/runs", { schema: { response: { "2xx": RunList } } }, async () => answer);
  return app.inject("/runs");
}

describe("the answers of JSON routes", () => {
  it("[H34] an answer that fits its schema is sent as it is", async () => {
    for (const mode of ["trusted", "checked"] as const) {
      const response = await answered(mode, []);
      expect([response.statusCode, response.body]).toEqual([200, "[]"]);
    }
  });

  it("[H34] where answers are checked, one that does not fit its schema is an error that names the place", async () => {
    const serialize = answerSerializer("checked")({ schema: RunList, method: "GET", url: "/api/runs" });
    expect(() => serialize([{ id: "demo" }])).toThrow(
      "GET /api/runs gave an answer that its schema refuses: /0/name is missing",
    );
    expect((await answered("checked", [{ id: "demo" }])).statusCode).toBe(500);
  });

  it("[H34] where answers are trusted, an odd value takes no page away", async () => {
    const response = await answered("trusted", [{ id: "demo" }]);
    expect(response.json()).toEqual([{ id: "demo" }]);
  });
});
