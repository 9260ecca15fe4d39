/**
 * `npm run dev [-- --fresh]`: the server and the pages for development, at one address. Vite serves the pages with
 * hot replacement and passes everything else on to the server, which is compiled and restarted when a source of
 * its own changes.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { compile, PAGES } from "./compile.mjs";
import { createReloader } from "./dev/reloader.mjs";
import { createServerProcess } from "./dev/server-process.mjs";
import { ROOT } from "./setup.mjs";
import { dependencyClosure } from "./workspace.mjs";

const USAGE = `usage: npm run dev [-- --fresh]
  --fresh  use a new database, which is removed at the end. Default: the one in .tributary/dev, which is kept.
PORT and HOST say where the pages are served (default: 127.0.0.1:8080). Every other variable goes to the server.`;
const SERVER = "apps/server";

process.exitCode = await main(process.argv.slice(2));

/** @returns {Promise<number>} exit status: 0 ended by a signal, 1 could not start, 2 invalid arguments */
async function main(args) {
  let options;
  try {
    options = parseArgs({ args, options: { fresh: { type: "boolean" }, help: { type: "boolean" } } }).values;
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    return 2;
  }
  if (options.help) return console.log(USAGE) ?? 0;

  const home = options.fresh ? freshHome() : (process.env.TRIBUTARY_HOME ?? join(ROOT, ".tributary/dev"));
  const removeFreshHome = () => options.fresh && rmSync(home, { recursive: true, force: true });
  const server = createServerProcess(join(ROOT, SERVER, "dist/main.js"), {
    ...process.env,
    TRIBUTARY_HOME: home,
  });
  const interrupted = onceInterrupted(() => server.close());
  try {
    return await run(server, interrupted);
  } catch (error) {
    console.error(error.message);
    return 1;
  } finally {
    await server.close();
    removeFreshHome();
  }
}

/** Serves until `interrupted` resolves. */
async function run(server, interrupted) {
  const { url, adminToken } = await Promise.race([server.start(), interrupted.then(() => ({ url: null }))]);
  if (url === null) return 0;
  const vite = await servePages(url);
  const reloader = createReloader({
    compile: () => compile(ROOT, [SERVER]),
    restart: () => server.restart(),
  });
  const packages = dependencyClosure(ROOT, SERVER);
  const sources = packages.map((path) => join(ROOT, path, "src"));
  vite.watcher.add(sources);
  vite.watcher.on("all", (_, path) => {
    if (sources.some((source) => path.startsWith(`${source}/`)) && !/\.test\.tsx?$/.test(path))
      reloader.changed();
  });

  const address = vite.resolvedUrls.local[0] ?? vite.resolvedUrls.network[0];
  console.log(`Volunteer page: ${address}`);
  console.log(`Dashboard:      ${address}admin`);
  if (adminToken) console.log(`Admin token:    ${adminToken}`);
  await interrupted;
  await vite.close();
  return 0;
}

/** Vite's configuration of the pages passes on to DEV_SERVER_URL what is not a page. */
async function servePages(serverUrl) {
  process.env.DEV_SERVER_URL = serverUrl;
  const vitePath = createRequire(join(ROOT, PAGES, "package.json")).resolve("vite");
  const { createServer } = await import(pathToFileURL(vitePath).href);
  const listeners = process.listeners("SIGTERM");
  const vite = await createServer({
    root: join(ROOT, PAGES),
    configFile: join(ROOT, PAGES, "vite.config.ts"),
    clearScreen: false,
    server: {
      host: process.env.HOST || "127.0.0.1",
      port: Number(process.env.PORT || 8080),
      strictPort: true,
    },
  });
  // Vite's own listener would end this process before the server is gone.
  for (const listener of process.listeners("SIGTERM")) {
    if (!listeners.includes(listener)) process.off("SIGTERM", listener);
  }
  return vite.listen();
}

/** A folder for one run. PostgreSQL, which has a user of its own under root, must be able to enter it. */
function freshHome() {
  const home = mkdtempSync(join(tmpdir(), "tributary-dev-"));
  chmodSync(home, 0o755);
  return home;
}

/** Resolves at the first signal. `again` is called at each further one. */
function onceInterrupted(again) {
  return new Promise((resolve) => {
    let isFirst = true;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
      process.on(signal, () => {
        if (isFirst) resolve();
        else again();
        isFirst = false;
      });
    }
  });
}
