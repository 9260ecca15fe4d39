import { fileURLToPath } from "node:url";
import { defaultClientConditions, defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  // The workspace packages are bundled from their sources, so that a page build needs no other build first.
  resolve: { conditions: ["source", ...defaultClientConditions] },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  build: {
    target: "es2023",
    // The content security policy allows no data: scripts, and one small file more costs nothing.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { volunteer: here("index.html"), admin: here("admin.html") },
      treeshake: {
        // Our own modules do nothing on import: what a page does not use, it does not download.
        moduleSideEffects: [
          { test: /[\\/]packages[\\/](kernels|protocol|model|volunteer)[\\/]src[\\/]/, sideEffects: false },
        ],
      },
    },
  },
  server: { proxy: { "/api": { target: "http://127.0.0.1:8080", ws: true } } },
});
