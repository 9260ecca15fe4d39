import { useRef } from "preact/hooks";

export type ConfirmButtonProps = {
  readonly label: string;
  readonly question: string;
  readonly consequence: string;
  readonly kind?: "primary" | "danger";
  readonly testId: string;
  readonly disabled?: boolean;
  readonly onConfirm: () => void;
};

/** A button that asks first. The dialog is modal, closes with Escape, and gives the focus back. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { label, question, consequence, kind, testId, disabled = false, onConfirm } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const confirm = () => {
    dialog.current?.close();
    onConfirm();
  };
  return (
    <>
      <button
        type="button"
        class="button"
        data-kind={kind}
        data-testid={testId}
        disabled={disabled}
        onClick={() => dialog.current?.showModal()}
      >
        {label}
      </button>
      <dialog ref={dialog} aria-labelledby={`${testId}-question`}>
        <div class="stack">
          <h2 id={`${testId}-question`}>{question}</h2>
          <p class="soft">{consequence}</p>
          <div class="row">
            <button
              type="button"
              class="button"
              data-kind={kind}
              data-testid={`${testId}-confirm`}
              onClick={confirm}
            >
              {label}
            </button>
            <button type="button" class="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
          </div>
        </div>
      </dialog>
    </>
  );
}
