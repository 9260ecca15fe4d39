/**
 * Builds both pages, and serves them with hot replacement during development: `vite` is then the one address, and
 * passes everything that is not a page on to the server at DEV_SERVER_URL (default: http://127.0.0.1:8080).
 */
import { fileURLToPath } from "node:url";
import { type Connect, defaultClientConditions, defineConfig, loadEnv, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig(({ command, mode }) => {
  const { DEV_SERVER_URL: serverUrl = "http://127.0.0.1:8080" } = loadEnv(mode, here("."), "DEV_SERVER_");
  return {
    root: here("."),
    // The workspace packages are bundled from their sources, so that a page build needs no other build first.
    resolve: { conditions: ["source", ...defaultClientConditions] },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    worker: { format: "es", rolldownOptions: { treeshake } },
    plugins: command === "serve" ? [dashboardAddresses(), hotComponents()] : [],
    build: {
      target: "es2023",
      // The content security policy allows no data: scripts, and one small file more costs nothing.
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: { volunteer: here("index.html"), admin: here("admin.html") },
        treeshake,
      },
    },
    // A missing page is a 404, as on the server, and not the volunteer page.
    appType: "mpa",
    server: { headers: developmentHeaders, proxy: proxyTo(serverUrl) },
    // Downloaded only when a training starts: found late, they would reload the page in the middle of it.
    optimizeDeps: {
      include: ["webgpu", "webgl", "wasm", "cpu"].map((name) => `@tensorflow/tfjs-backend-${name}`),
    },
  };
});

/** Our own modules do nothing on import: what a page or a worker does not use, it does not download. */
const treeshake = {
  moduleSideEffects: [
    {
      test: /[\\/]packages[\\/](datasets|kernels|model|protocol|strategy|volunteer)[\\/]src[\\/]/,
      sideEffects: false,
    },
  ],
};

/**
 * The server's own headers, so that what they forbid fails during development too. Only styles differ: Vite replaces
 * them as inline style elements.
 */
const developmentHeaders = {
  "content-security-policy": [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self' blob:",
    "img-src 'self' data: blob:",
    "connect-src 'self' ws: wss:",
    "style-src 'self' 'unsafe-inline'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

/**
 * The Host header stays the browser's, so that the server finds requests and cookies to be of its own origin.
 * `ws`: volunteers' sockets. Server-sent events pass through unbuffered.
 */
function proxyTo(target: string) {
  const route = { target, changeOrigin: false };
  return { "/api": { ...route, ws: true }, "/metrics": route, "/healthz": route };
}

/** Serves the dashboard at /admin and below, as the server does. */
function dashboardAddresses(): Plugin {
  const rewrite: Connect.NextHandleFunction = (request, _, next) => {
    if (/^\/admin(\/|\?|$)/.test(request.url ?? "")) request.url = "/admin.html";
    next();
  };
  return { name: "dashboard-addresses", configureServer: ({ middlewares }) => void middlewares.use(rewrite) };
}

/** A changed component is replaced in the open page, with its state. Loaded for development only. */
async function hotComponents() {
  const { default: prefresh } = await import("@prefresh/vite");
  return prefresh();
}
