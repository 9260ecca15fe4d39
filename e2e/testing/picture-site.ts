/** For browser tests of the picture decoder: a page that decodes pictures in a worker, built as the volunteer's page is. */
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import type { PictureInput, UnreadReason } from "@tributary/datasets";
import { pictureBytes } from "@tributary/datasets/testing";
import { build, defaultClientConditions } from "vite";

export type PictureCase = { readonly file: string; readonly input: PictureInput };
export type PictureAnswer =
  | { readonly file: string; readonly pixels: readonly number[] }
  | { readonly file: string; readonly reason: UnreadReason };

export type PictureSite = {
  readonly url: string;
  /** Resolves to what the next browser that opens the page decodes, and the paths that it asked for, in order. */
  visit(open: (url: string) => Promise<() => Promise<void>>): Promise<Visit>;
  close(): Promise<void>;
};
export type Visit = { readonly answers: readonly PictureAnswer[]; readonly paths: readonly string[] };

const PAGE = fileURLToPath(new URL("picture-page/", import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

/** As the server's pages have them. */
const HEADERS = {
  "content-security-policy":
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** Builds the page and serves it with `cases`. */
export async function openPictureSite(cases: readonly PictureCase[]): Promise<PictureSite> {
  const folder = await mkdtemp(join(tmpdir(), "tributary-pictures-"));
  await buildPage(folder);
  let paths: string[] = [];
  let settle: { resolve(answers: readonly PictureAnswer[]): void; reject(error: Error): void } | null = null;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://page").pathname);
    paths.push(path);
    if (request.method === "POST") {
      const body = await bodyOf(request);
      response.end();
      if (path === "/answers") settle?.resolve(JSON.parse(body));
      else settle?.reject(new Error(`the page reports: ${body}`));
    } else if (path === "/cases") response.end(JSON.stringify(cases));
    else if (path.startsWith("/pictures/")) response.end(pictureBytes(path.slice("/pictures/".length)));
    else await sendFile(folder, path, response);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(404).end(String(error)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url,
    async visit(open) {
      paths = [];
      const done = new Promise<readonly PictureAnswer[]>((resolve, reject) => {
        settle = { resolve, reject };
      });
      const leave = await open(url);
      return { answers: await done.finally(leave), paths };
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function buildPage(outDir: string): Promise<void> {
  await build({
    root: PAGE,
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["source", ...defaultClientConditions] },
    worker: { format: "es" },
    build: { outDir, emptyOutDir: true, target: "es2023", assetsInlineLimit: 0 },
  });
}

async function sendFile(folder: string, path: string, response: ServerResponse): Promise<void> {
  const name = path === "/" ? "index.html" : normalize(path);
  const content = await readFile(join(folder, name));
  response.writeHead(200, { ...HEADERS, "content-type": TYPES[extname(name)] ?? "application/octet-stream" });
  response.end(content);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}
