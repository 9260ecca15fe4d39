import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

type Props = {
  readonly label: string;
  readonly class?: string;
  readonly onDrop: (transfer: DataTransfer) => void;
  readonly children: ComponentChildren;
};

/** A place to drop files on. What it holds must offer the same without a pointer. */
export function DropZone({ label, class: name = "dropzone", onDrop, children }: Props) {
  const [isOver, setOver] = useState(false);
  const dragOver = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (event.dataTransfer !== null) onDrop(event.dataTransfer);
  };
  return (
    <fieldset
      class={name}
      aria-label={label}
      data-over={isOver ? "" : undefined}
      onDragOver={dragOver}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {children}
    </fieldset>
  );
}
