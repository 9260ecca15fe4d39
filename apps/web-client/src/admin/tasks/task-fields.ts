/** Every field of the form that makes a task, in groups. Those of columns follow from how many columns there are. */
import {
  type Choice,
  choice,
  type Field,
  type FieldGroup,
  field,
  integer,
  onlyWhen,
  real,
} from "../plan-field.ts";

/** The kinds of tasks that learn from rows of a table. */
const tables = ["table-classification", "table-regression"] as const;
const ofImages = { path: "kind", equals: "image-classification" } as const;
const ofTables = { path: "kind", equals: tables } as const;
const ofConvnets = { path: "network.kind", equals: "convnet" } as const;
const ofPerceptrons = { path: "network.kind", equals: "mlp" } as const;

const about: FieldGroup = {
  title: "What people read",
  about: "Volunteers see all of it before they choose their data.",
  fields: [
    choice("kind", "Kind", [
      ["image-classification", "Pictures into classes"],
      ["table-classification", "Table rows into classes"],
      ["table-regression", "A number for a table row"],
    ]),
    field(
      "id",
      "Short name",
      { kind: "text" },
      "Lower-case letters, digits and hyphens. It stays over all versions.",
    ),
    field("texts.title", "Title", { kind: "text" }),
    field("texts.asker", "Who asks", { kind: "text" }),
    field("texts.contact", "Contact", { kind: "text" }),
    field("texts.licence", "Licence of the model", { kind: "text" }),
    field("texts.purpose", "Purpose", { kind: "long-text" }, "What is learned, and what for."),
    field("texts.notFor", "What it is not for", { kind: "long-text" }),
  ],
};

const pictures: FieldGroup = {
  title: "Pictures",
  about: "How a picture of any size becomes the network's input.",
  fields: onlyWhen(ofImages, [
    integer("image.0", "Height, pixels", "From 4 to 224."),
    integer("image.1", "Width, pixels", "From 4 to 224."),
    numbers("image.2", "Colours", [
      ["1", "Grey"],
      ["3", "Red, green, blue"],
    ]),
    choice("picture.fit", "Other shapes are", [
      ["crop", "cut to their middle"],
      ["contain", "shown whole, with a border"],
      ["stretch", "stretched"],
    ]),
    field(
      "picture.background",
      "Background",
      { kind: "integers" },
      "Red, green and blue behind transparent parts.",
    ),
    field("picture.grey", "Weights of grey", { kind: "reals" }, "Of red, green and blue; they sum to 1."),
    field("scale.mean", "Mean", { kind: "reals" }, "One for each colour, of pixels from 0 to 1."),
    field("scale.std", "Deviation", { kind: "reals" }, "One for each colour."),
    field("classes", "Classes", { kind: "lines" }, "One a line. Volunteers' folders have these names."),
  ]),
};

const target: FieldGroup = {
  title: "What is predicted",
  about: "The column of a volunteer's file that holds the answer.",
  fields: [
    ...onlyWhen(ofTables, [field("target.column", "Column", { kind: "text" })]),
    ...onlyWhen({ path: "kind", equals: "table-classification" }, [
      field(
        "target.classes",
        "Classes",
        { kind: "lines" },
        "One a line. Where files hold other texts: name = text | another text.",
      ),
    ]),
    ...onlyWhen({ path: "kind", equals: "table-regression" }, [
      field("target.unit", "Unit", { kind: "text" }),
      ...valueFields("target"),
    ]),
    ...onlyWhen(ofTables, [
      field(
        "missingTexts",
        "Texts that mean “no value”",
        { kind: "lines" },
        "One a line. Empty cells always do.",
      ),
    ]),
  ],
};

const network: FieldGroup = {
  title: "Network and evaluation",
  about: "What is trained, and how each volunteer measures it on its own held-out data.",
  fields: [
    ...onlyWhen(ofImages, [
      choice("network.kind", "Network", [
        ["convnet", "ConvNet"],
        ["mlp", "Perceptron"],
      ]),
    ]),
    ...onlyWhen(ofConvnets, [integer("network.width", "Width"), integer("network.depth", "Depth")]),
    ...onlyWhen(ofPerceptrons, [
      field("network.hidden", "Hidden layers", { kind: "integers" }, "Units of each, such as 64, 32."),
    ]),
    real("evaluation.holdOut", "Held-out share", "Of each volunteer's data, from 0 to 0.5."),
    ...onlyWhen({ path: "kind", equals: ["image-classification", "table-classification"] }, [
      choice("evaluation.headline", "Figure shown first", [
        ["accuracy", "Accuracy"],
        ["balanced-accuracy", "Balanced accuracy"],
        ["auc", "AUC"],
      ]),
    ]),
    ...onlyWhen({ path: "kind", equals: "table-regression" }, [
      choice("evaluation.headline", "Figure shown first", [
        ["rmse", "RMSE"],
        ["r2", "R²"],
      ]),
    ]),
  ],
};

/** All groups but the columns. */
export const taskGroups: readonly FieldGroup[] = [about, pictures, target, network];

/** The fields of the column at this place. */
export function columnFields(at: number): readonly Field[] {
  const path = `columns.${at}`;
  const when = (equals: string | readonly string[]) => ({ path: `${path}.type`, equals });
  const missingNumber: readonly Choice[] = [
    ["refuse", "leaves the row out"],
    ["mean", "counts as the mean"],
    ["flag", "counts as the mean, and is told"],
  ];
  const fields = [
    field(`${path}.name`, "Name", { kind: "text" }),
    choice(`${path}.type`, "Type", [
      ["number", "Number"],
      ["category", "Category"],
      ["date", "Date"],
    ]),
    ...onlyWhen(when("number"), [
      field(`${path}.unit`, "Unit", { kind: "text" }),
      choice(`${path}.transform`, "Transform", [
        ["none", "none"],
        ["log1p", "ln(1 + value)"],
      ]),
    ]),
    ...onlyWhen(when("date"), [
      choice(`${path}.order`, "Written as", [
        ["year-month-day", "year-month-day"],
        ["day-month-year", "day-month-year"],
        ["month-day-year", "month-day-year"],
      ]),
    ]),
    ...onlyWhen(when(["number", "date"]), [
      choice(`${path}.missing`, "An empty cell", missingNumber),
      ...valueFields(path),
    ]),
    ...onlyWhen(when("category"), [
      choice(`${path}.missing`, "An empty cell", [
        ["refuse", "leaves the row out"],
        ["other", "is another category"],
      ]),
      field(`${path}.other`, "Other texts count as one more category", { kind: "flag" }),
      field(`${path}.categories`, "Categories", { kind: "lines" }, "One a line."),
    ]),
  ];
  return fields;
}

/** Range and scale of a number; both may be left empty. */
function valueFields(path: string): readonly Field[] {
  const optional = { kind: "real", mayBeEmpty: true } as const;
  return [
    field(`${path}.range.0`, "Smallest value", optional, "Rows outside are left out. Empty: any value."),
    field(`${path}.range.1`, "Largest value", optional),
    field(
      `${path}.scale.mean`,
      "Mean",
      optional,
      "Empty: the volunteers' figures give it, within the range.",
    ),
    field(`${path}.scale.std`, "Deviation", optional),
  ];
}

function numbers(path: string, label: string, choices: readonly Choice[]): Field {
  return field(path, label, { kind: "choice", choices, isNumber: true });
}
