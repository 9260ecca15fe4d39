/** Every program of this repository: the name after `npm run`, and what Node starts. */
export const PROGRAMS = {
  start: "apps/server/dist/main.js",
  dev: "scripts/dev.mjs",
  volunteers: "apps/node-volunteer/dist/main.js",
  demo: "e2e/dist/demo/main.js",
  simulate: "apps/lab/dist/commands/simulate.js",
  experiment: "apps/lab/dist/commands/experiment.js",
  parity: "apps/lab/dist/commands/parity.js",
  bench: "apps/lab/dist/commands/bench.js",
  doctor: "apps/lab/dist/commands/doctor.js",
  inspect: "apps/lab/dist/commands/inspect.js",
  fuzz: "apps/lab/dist/commands/fuzz.js",
  "install:tensorflow": "apps/tensorflow-installer/dist/main.js",
  "bundle:compute": "scripts/bundle-compute.mjs",
  token: "apps/server/dist/commands/token.js",
  export: "apps/server/dist/commands/export.js",
  task: "apps/server/dist/commands/task.js",
};
