/** How answers become JSON. */
import { describeProblems, schemaProblems } from "@tributary/protocol";
import type { FastifySerializerCompiler } from "fastify";
import type { TSchema } from "typebox";

/**
 * - trusted: JSON.stringify. The compiler has checked every handler against its route's schema already, and an odd
 *   value in the database must not take a page away from an operator. A serializer made from the schema
 *   (fast-json-stringify) would be no gain: the answers are small, and it tries a union's variants one by one.
 * - checked, for tests: throws when what would be sent does not fit its schema.
 */
export type AnswerMode = "trusted" | "checked";

export function answerSerializer(mode: AnswerMode): FastifySerializerCompiler<TSchema> {
  return ({ schema, method, url }) => {
    if (mode === "trusted") return (answer) => JSON.stringify(answer);
    return (answer) => {
      const text = JSON.stringify(answer);
      const problems = schemaProblems(schema, JSON.parse(text));
      if (problems.length === 0) return text;
      throw new Error(
        `${method} ${url} gave an answer that its schema refuses: ${describeProblems(problems)}`,
      );
    };
  };
}
