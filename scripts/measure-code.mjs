/**
 * `npm run measure [-- --check]`: the size and shape of the code in the working directory's git tree. With
 * `--check`, it prints only what exceeds a limit, and exits with status 1 when something does.
 */
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { exportsOf, forcedCasts } from "./measure/declarations.mjs";
import { functionsOf, quantile } from "./measure/functions.mjs";
import { importCircles } from "./measure/import-circles.mjs";
import { readSources } from "./measure/source-files.mjs";

const USAGE = "usage: npm run measure [-- --check]";
const MAX_FUNCTION_LINES = 60;
const MAX_FILE_LINES = 250;

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = main(process.argv.slice(2));
}

/** @returns {number} exit status: 0 done, 1 a limit is exceeded, 2 invalid arguments */
function main(args) {
  let options;
  try {
    options = parseArgs({ args, options: { check: { type: "boolean" }, help: { type: "boolean" } } }).values;
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    return 2;
  }
  if (options.help) return console.log(USAGE) ?? 0;

  const measured = measure(process.cwd());
  const broken = findings(measured).filter(({ places }) => places.length > 0);
  if (!options.check) console.log(report(measured));
  else if (broken.length > 0) console.error(describe(broken));
  return options.check && broken.length > 0 ? 1 : 0;
}

/**
 * Limits hold outside tests; circles and casts are looked for in tests too.
 * @param {string} root a git working tree
 */
export function measure(root) {
  const files = readSources(root);
  const sources = files.filter((file) => !file.isTest);
  const packages = sources.filter(({ path }) => /^packages\/[^/]+\/src\//.test(path));
  return {
    rooms: roomSizes(files),
    functions: sources.flatMap(functionsOf),
    longFiles: sources.filter(({ lines }) => lines > MAX_FILE_LINES),
    circles: importCircles(files, root),
    casts: files.flatMap(forcedCasts),
    exported: packages.flatMap(exportsOf),
  };
}

function roomSizes(files) {
  const sizes = new Map();
  for (const { room, isTest, lines } of files) {
    const size = sizes.get(room) ?? { room, source: 0, tests: 0 };
    size[isTest ? "tests" : "source"] += lines;
    sizes.set(room, size);
  }
  return [...sizes.values()].sort((a, b) => (a.room < b.room ? -1 : 1));
}

/**
 * What exceeds a limit, longest first where there is a length.
 * @returns {{title: string, places: string[]}[]}
 */
export function findings({ functions, longFiles, circles, casts, exported }) {
  const place = ({ path, line }) => `${path}:${line}`;
  const longestFirst = (list) => [...list].sort((a, b) => b.lines - a.lines);
  const longFunctions = functions.filter(({ lines }) => lines > MAX_FUNCTION_LINES);
  return [
    {
      title: `functions above ${MAX_FUNCTION_LINES} lines`,
      places: longestFirst(longFunctions).map(
        (found) => `${place(found)} ${found.name ?? "(unnamed)"}: ${found.lines}`,
      ),
    },
    {
      title: `files above ${MAX_FILE_LINES} lines`,
      places: longestFirst(longFiles).map(({ path, lines }) => `${path}: ${lines}`),
    },
    { title: "import circles", places: circles.map((circle) => [...circle, circle[0]].join(" -> ")) },
    {
      title: "`as unknown as` without a reason",
      places: casts.filter(({ hasReason }) => !hasReason).map(place),
    },
    {
      title: "exports of packages without a doc comment",
      places: exported
        .filter(({ isDocumented }) => !isDocumented)
        .map((found) => `${place(found)} ${found.name}`),
    },
  ];
}

function describe(list) {
  return list
    .flatMap(({ title, places }) => [`${title}: ${places.length}`, ...places.map((text) => `  ${text}`)])
    .join("\n");
}

function report(measured) {
  const { rooms, functions, casts, exported } = measured;
  const sum = (key) => rooms.reduce((total, size) => total + size[key], 0);
  const rows = [
    ["lines", "source", "tests"],
    ...[...rooms, { room: "all", source: sum("source"), tests: sum("tests") }].map(
      ({ room, source, tests }) => [room, String(source), String(tests)],
    ),
  ];
  const width = Math.max(...rows.map(([room]) => room.length));
  const table = rows.map(
    ([room, source, tests]) => `${room.padEnd(width)} ${source.padStart(7)} ${tests.padStart(7)}`,
  );
  const named = functions.filter(({ name }) => name !== null).map(({ lines }) => lines);
  const [p50, p95] = [0.5, 0.95].map((share) => quantile(named, share));
  return [
    ...table,
    `named functions outside tests: ${named.length}, of ${p50} lines at the median and ${p95} at p95`,
    `\`as unknown as\`: ${casts.length}, exports of packages: ${exported.length}`,
    describe(findings(measured)),
  ].join("\n");
}
