/**
 * Makes datasets/lending-club, datasets/letters and datasets/ames-housing: train.csv.gz, test.csv.gz and task.json each.
 * usage: node datasets/make-tables.mjs
 * Needs Debian's packages r-base-core, r-cran-modeldata and r-cran-mlbench. Build first (npm run setup). The same input gives
 * the same bytes.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import {
  columnStatistics,
  readableScale,
  readTable,
  scalesFromStatistics,
  suggestedClassTarget,
  suggestedColumn,
  suggestedNumberTarget,
  tableFigures,
} from "../packages/datasets/dist/tables/index.js";

const here = dirname(fileURLToPath(import.meta.url));

const sets = [
  {
    id: "lending-club",
    source: { library: "modeldata", name: "lending_club" },
    target: "Class",
    group: "addr_state",
    logarithms: ["annual_inc", "total_bal_il", "delinq_amnt", "total_il_high_credit_limit"],
    units: { funded_amnt: "USD", annual_inc: "USD", total_bal_il: "USD", delinq_amnt: "USD", total_il_high_credit_limit: "USD", int_rate: "%", revol_util: "%", all_util: "%" },
    isTest: everyFifthOfItsClass,
    hidden: [32],
    headline: "auc",
    texts: {
      title: "Loans that go bad",
      purpose:
        "From what is known when a loan is granted, predict whether it will be repaid. The loans are from the first quarter of 2016; 5 in 100 went bad, were late or were written off. Each state of the United States can be one client.",
      asker: "The Tributary project, as an example",
      contact: "",
      notFor: "Decisions about people. The data is old, and where somebody lives says who their neighbours are.",
      licence: "MIT",
    },
  },
  {
    id: "letters",
    source: { library: "mlbench", name: "LetterRecognition" },
    target: "lettr",
    group: null,
    logarithms: [],
    units: {},
    isTest: (_row, index) => index >= 16_000,
    hidden: [128],
    headline: "accuracy",
    texts: {
      title: "Capital letters",
      purpose:
        "From sixteen measures of the shape of a printed letter, distorted at random, tell which of the 26 capital letters it is. 20 fonts, 20,000 letters.",
      asker: "The Tributary project, as an example",
      contact: "",
      notFor: "Reading documents.",
      licence: "CC BY 4.0",
    },
  },
  {
    id: "ames-housing",
    source: { library: "modeldata", name: "ames" },
    target: "Sale_Price",
    group: "Neighborhood",
    columns: [
      "Lot_Area", "Bldg_Type", "House_Style", "Overall_Cond", "Year_Built", "Year_Remod_Add", "Mas_Vnr_Area", "Foundation",
      "Total_Bsmt_SF", "Heating_QC", "Central_Air", "First_Flr_SF", "Second_Flr_SF", "Gr_Liv_Area", "Full_Bath", "Half_Bath",
      "Bedroom_AbvGr", "TotRms_AbvGrd", "Fireplaces", "Garage_Cars", "Garage_Area", "Wood_Deck_SF", "Open_Porch_SF", "Year_Sold",
    ],
    logarithms: ["Lot_Area"],
    units: { Lot_Area: "sq ft", Gr_Liv_Area: "sq ft", Sale_Price: "USD" },
    isTest: (_row, index) => index % 5 === 4,
    hidden: [64, 32],
    headline: "r2",
    texts: {
      title: "House prices in Ames",
      purpose:
        "From the size, age and condition of a house in Ames, Iowa, predict its price. 2,930 sales from 2006 to 2010. Each neighbourhood can be one client.",
      asker: "The Tributary project, as an example",
      contact: "",
      notFor: "Valuing a house today.",
      licence: "MIT",
    },
  },
];

for (const set of sets) await make(set);

async function make(set) {
  const { header, rows } = choose(readFrame(set.source), set);
  const places = new Map(header.map((name, at) => [name, at]));
  const testOf = set.isTest;
  const counts = new Map();
  const parts = { train: [], test: [] };
  for (const [index, row] of rows.entries()) {
    const part = testOf(row, index, { target: places.get(set.target), counts }) ? "test" : "train";
    parts[part].push(row);
  }
  const folder = join(here, set.id);
  mkdirSync(folder, { recursive: true });
  const csv = (part) => `${[header, ...part].map((row) => row.join(",")).join("\n")}\n`;
  const train = csv(parts.train);
  writeZipped(join(folder, "train.csv.gz"), train);
  writeZipped(join(folder, "test.csv.gz"), csv(parts.test));
  const task = await taskOf(set, header, train);
  writeFileSync(join(folder, "task.json"), `${JSON.stringify(task, null, 2)}\n`);
}

/** One in five of each class, so that the rare class has its share in both parts. */
function everyFifthOfItsClass(row, _index, { target, counts }) {
  const label = row[target];
  const count = counts.get(label) ?? 0;
  counts.set(label, count + 1);
  return count % 5 === 4;
}

/** R's own CSV, without quotes: none of these cells holds a comma. */
function readFrame({ library, name }) {
  const script = `data(${name}, package = "${library}"); write.csv(${name}, stdout(), row.names = FALSE, quote = FALSE)`;
  const text = execFileSync("Rscript", ["--vanilla", "-e", script], { encoding: "utf8", maxBuffer: 1 << 28 });
  const [header, ...rows] = text.trimEnd().split("\n").map((line) => line.split(","));
  const ragged = rows.findIndex((row) => row.length !== header.length);
  if (ragged >= 0) throw new Error(`${name}: expected ${header.length} cells, got ${rows[ragged].length} in row ${ragged}`);
  return { header, rows };
}

function choose({ header, rows }, { columns, target, group }) {
  if (columns === undefined) return { header, rows };
  const wanted = header.filter((name) => columns.includes(name) || name === target || name === group);
  const places = wanted.map((name) => header.indexOf(name));
  return { header: wanted, rows: rows.map((row) => places.map((at) => row[at])) };
}

async function taskOf(set, header, train) {
  const bytes = async function* () {
    yield new TextEncoder().encode(train);
  };
  const figures = await tableFigures({ chunks: bytes() });
  if (figures.outcome !== "read") throw new Error(`${set.id}: ${JSON.stringify(figures)}`);
  const byName = new Map(figures.columns.map((column) => [column.name, column]));
  const inputs = header.filter((name) => name !== set.target && name !== set.group);
  const columns = inputs.map((name) => inputOf(byName.get(name), set));
  const target = byName.get(set.target);
  const isClass = suggestedNumberTarget(target) === null;
  const rules = {
    kind: isClass ? "table-classification" : "table-regression",
    columns,
    missingTexts: figures.missingTexts,
    target: isClass ? suggestedClassTarget(target) : { ...suggestedNumberTarget(target), unit: set.units[set.target] ?? "" },
  };
  const read = await readTable({ rules, chunks: bytes() });
  if (read.outcome !== "read" || read.rejections.count > 0) throw new Error(`${set.id}: rows are left out`);
  const scaled = scalesFromStatistics(rules, columnStatistics(rules, read.dataset));
  return {
    kind: rules.kind,
    id: set.id,
    texts: set.texts,
    columns: scaled.columns.map(withoutRange),
    missingTexts: rules.missingTexts,
    network: { kind: "mlp", hidden: set.hidden },
    target: rules.target,
    evaluation: { holdOut: 0.2, headline: set.headline },
  };
}

/** A number is scaled by all training rows: its range brings it to -1..1 until they are read. */
function inputOf(figures, { logarithms, units }) {
  const column = suggestedColumn(figures);
  if (column === null) throw new Error(`${figures.name} is neither number nor category`);
  if (column.type === "category") return { ...column, categories: [...column.categories].sort() };
  const transform = logarithms.includes(column.name) ? "log1p" : "none";
  const { least, most } = figures.content;
  return { ...column, unit: units[column.name] ?? "", transform, range: [least, most], scale: null };
}

function withoutRange(column) {
  if (column.type === "category") return column;
  return { ...column, range: null, scale: readableScale(column.scale) };
}

function writeZipped(path, text) {
  const zipped = gzipSync(text, { level: 9 });
  // Byte 9 of a gzip header names the operating system that zipped; 255 is "unknown", anywhere. The time is 0 already.
  zipped[9] = 255;
  writeFileSync(path, zipped);
  console.log(`${path}: ${text.length} bytes, ${zipped.length} zipped`);
}
