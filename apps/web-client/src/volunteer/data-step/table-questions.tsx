import { describeQuestion, type TableQuestion } from "@tributary/datasets/tables";
import type { TableTask } from "@tributary/protocol";
import type { DataDesk } from "../../data/data-desk.ts";
import { ColumnMappingForm } from "./column-mapping-form.tsx";

type Props = { readonly desk: DataDesk; readonly task: TableTask };

/** What only the volunteer can decide about the file. */
export function TableQuestions({ desk, task }: Props) {
  const { activity } = desk.state.value;
  if (activity.phase !== "asking") return null;
  const { question, header } = activity;
  switch (question.kind) {
    case "columns":
      return (
        <section class="panel stack" aria-labelledby="columns" data-testid="column-question">
          <h3 id="columns">Which column is it?</h3>
          <p class="soft">The file names its columns in another way than the task. Nothing is guessed.</p>
          <ColumnMappingForm
            desk={desk}
            task={task}
            header={header}
            undecided={question.undecided}
            mapping={[]}
          />
        </section>
      );
    case "decimal":
      return <DecimalQuestion desk={desk} question={question} />;
    default:
      return question satisfies never;
  }
}

type DecimalProps = {
  readonly desk: DataDesk;
  readonly question: Extract<TableQuestion, { kind: "decimal" }>;
};

function DecimalQuestion({ desk, question }: DecimalProps) {
  const choose = (decimal: "." | ",") => desk.chooseTable({ ...desk.state.value.choices, decimal });
  const example = question.examples[0]?.text ?? "1,234";
  return (
    <section class="panel stack" aria-labelledby="decimal" data-testid="decimal-question">
      <h3 id="decimal">Which sign stands before decimals?</h3>
      <p class="soft sentence">{describeQuestion(question)}.</p>
      <div class="row">
        <button type="button" class="button" onClick={() => choose(".")}>
          A point: {example} is {read(example, ".")}
        </button>
        <button type="button" class="button" onClick={() => choose(",")}>
          A comma: {example} is {read(example, ",")}
        </button>
      </div>
    </section>
  );
}

/** The example as a number with that sign. */
function read(text: string, decimal: "." | ","): string {
  const plain = decimal === "." ? text.replaceAll(",", "") : text.replaceAll(".", "").replace(",", ".");
  return Number.isFinite(Number(plain)) ? String(Number(plain)) : text;
}
