/** A pad for small grey pictures: drawn with a finger or a mouse, and read like a picture file. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { DataDesk } from "../../data/data-desk.ts";
import { filesOfInput } from "../../data/folder-entries.ts";
import { pngOf } from "../../data/png-of-canvas.ts";
import { CanvasWarning, useCanvasCanary } from "./canvas-warning.tsx";
import { ClassSelect } from "./class-select.tsx";
import { PrivacyLine } from "./privacy-line.tsx";

type Props = { readonly desk: DataDesk; readonly classNames: readonly string[] };
type Paper = "black" | "white";

const SIDE = 280;
const PEN_WIDTH = 20;

export function DrawingPad({ desk, classNames }: Props) {
  const [label, setLabel] = useState(0);
  const [paper, setPaper] = useState<Paper>("black");
  const canvas = useRef<HTMLCanvasElement>(null);
  const isTrue = useCanvasCanary();
  useEffect(() => cleared(canvas.current, paper), [paper, isTrue]);
  const add = async () => {
    if (canvas.current === null) return;
    await desk.addPictures(label, filesOfInput([await pngOf(canvas.current, "drawing")]));
    cleared(canvas.current, paper);
  };
  if (!isTrue) return <CanvasWarning what="the drawing pad" />;
  return (
    <div class="panel stack">
      <PrivacyLine />
      <div class="pad">
        <canvas
          ref={canvas}
          width={SIDE}
          height={SIDE}
          role="img"
          aria-label="Drawing pad"
          data-testid="pad"
          onPointerDown={(event) => press(event, paper)}
          onPointerMove={(event) => draw(event, paper)}
        />
        <div class="stack">
          <ClassSelect id="pad-class" classNames={classNames} label={label} onChoose={setLabel} />
          <PaperChoice paper={paper} onChoose={setPaper} />
          <div class="row">
            <button type="button" class="button" data-kind="primary" onClick={() => void add()}>
              Add the drawing
            </button>
            <button type="button" class="button" onClick={() => cleared(canvas.current, paper)}>
              Clear
            </button>
          </div>
          <p class="small soft">Drawing needs a mouse, a pen or a finger. By keyboard, add files instead.</p>
        </div>
      </div>
    </div>
  );
}

function PaperChoice({
  paper,
  onChoose,
}: {
  readonly paper: Paper;
  readonly onChoose: (paper: Paper) => void;
}) {
  return (
    <div class="field">
      <label for="pad-paper">Paper</label>
      <select
        id="pad-paper"
        class="input"
        value={paper}
        onChange={({ currentTarget }) => onChoose(currentTarget.value === "white" ? "white" : "black")}
      >
        <option value="black">Light pen on black paper</option>
        <option value="white">Dark pen on white paper</option>
      </select>
    </div>
  );
}

function cleared(canvas: HTMLCanvasElement | null, paper: Paper): void {
  const context = canvas?.getContext("2d");
  if (context === null || context === undefined) return;
  context.fillStyle = paper;
  context.fillRect(0, 0, SIDE, SIDE);
}

type PadEvent = PointerEvent & { readonly currentTarget: HTMLCanvasElement };

function press(event: PadEvent, paper: Paper): void {
  event.currentTarget.setPointerCapture(event.pointerId);
  const context = event.currentTarget.getContext("2d");
  if (context === null) return;
  const { x, y } = placeOf(event);
  context.lineWidth = PEN_WIDTH;
  context.lineCap = "round";
  context.lineJoin = "round";
  context.strokeStyle = paper === "black" ? "white" : "black";
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x, y);
  context.stroke();
}

function draw(event: PadEvent, paper: Paper): void {
  if (event.buttons === 0) return;
  const context = event.currentTarget.getContext("2d");
  if (context === null) return;
  context.strokeStyle = paper === "black" ? "white" : "black";
  const { x, y } = placeOf(event);
  context.lineTo(x, y);
  context.stroke();
}

/** The canvas is shown in another size than it has. */
function placeOf({ currentTarget, offsetX, offsetY }: PadEvent) {
  const scale = SIDE / currentTarget.clientWidth;
  return { x: offsetX * scale, y: offsetY * scale };
}
