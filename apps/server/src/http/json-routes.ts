/** Registers the JSON routes of packages/protocol: their bodies are checked, and their handlers typed, by its schemas. */
import {
  ErrorBody,
  type GetAnswer,
  type GetPath,
  getRoutes,
  type PathParams,
  type PostAnswer,
  type PostBody,
  type PostPath,
  postRoutes,
} from "@tributary/protocol";
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { TSchema } from "typebox";

/** A handler sets headers and status on the reply, and returns the answer. */
type Handler<Request extends FastifyRequest, Answer> = (
  request: Request,
  reply: FastifyReply,
) => Promise<Answer>;
type GetRequest<Path extends GetPath> = FastifyRequest<{ Params: PathParams<Path> }>;
type PostRequest<Path extends PostPath> = FastifyRequest<{ Params: PathParams<Path>; Body: PostBody<Path> }>;

export function onGet<Path extends GetPath>(
  app: FastifyInstance,
  path: Path,
  handler: Handler<GetRequest<Path>, GetAnswer<Path>>,
): void {
  app.get<{ Params: PathParams<Path> }>(
    path,
    { schema: { response: answersOf(getRoutes[path]) } },
    (request, reply) => handler(request, reply),
  );
}

export function onPost<Path extends PostPath>(
  app: FastifyInstance,
  path: Path,
  handler: Handler<PostRequest<Path>, PostAnswer<Path>>,
  config: FastifyContextConfig = {},
): void {
  const { body, answer } = postRoutes[path];
  app.post<{ Params: PathParams<Path>; Body: PostBody<Path> }>(
    path,
    { schema: { body, response: answersOf(answer) }, config },
    (request, reply) => handler(request, reply),
  );
}

function answersOf(answer: TSchema) {
  return { "2xx": answer, "4xx": ErrorBody, "5xx": ErrorBody };
}
