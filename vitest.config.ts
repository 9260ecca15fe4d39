import { defineConfig } from "vitest/config";

// `source` leads workspace packages to their TypeScript, so that tests need no build.
const conditions = ["source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "apps/*/src/**/*.test.{ts,tsx}",
      "e2e/src/**/*.test.ts",
      "scripts/**/*.test.mjs",
    ],
    globalSetup: "./scripts/test-setup.mjs",
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", "./scripts/summary-reporter.mjs"],
  },
});
