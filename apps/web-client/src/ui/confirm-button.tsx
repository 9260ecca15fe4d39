import { useRef } from "preact/hooks";

export type ConfirmButtonProps = {
  readonly label: string;
  readonly question: string;
  readonly consequence: string;
  readonly kind?: "primary" | "danger";
  readonly testId: string;
  readonly onConfirm: () => void;
};

/** A button that asks before it acts. The dialog is modal, closes with Escape, and gives the focus back. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button
        type="button"
        class="button"
        data-kind={props.kind}
        data-testid={props.testId}
        onClick={() => dialog.current?.showModal()}
      >
        {props.label}
      </button>
      <dialog ref={dialog} aria-labelledby={`${props.testId}-question`}>
        <Question {...props} close={() => dialog.current?.close()} />
      </dialog>
    </>
  );
}

function Question(props: ConfirmButtonProps & { readonly close: () => void }) {
  const { label, question, consequence, kind, testId, onConfirm, close } = props;
  const confirm = () => {
    close();
    onConfirm();
  };
  return (
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
        <button type="button" class="button" onClick={close}>
          Cancel
        </button>
      </div>
    </div>
  );
}
