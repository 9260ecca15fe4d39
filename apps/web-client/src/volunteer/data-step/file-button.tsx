type Props = {
  readonly id: string;
  readonly label: string;
  readonly testId: string;
  readonly onFiles: (files: FileList) => void;
  readonly accept?: string;
  readonly multiple?: boolean;
  readonly isFolder?: boolean;
  /** Phones take a new picture instead of choosing one. */
  readonly isCamera?: boolean;
};

/** A button that picks files. The same files can be picked again. */
export function FileButton(props: Props) {
  const { id, label, testId, onFiles, accept, multiple = false, isFolder = false, isCamera = false } = props;
  const change = ({ files }: HTMLInputElement) => {
    if (files !== null && files.length > 0) onFiles(files);
  };
  return (
    <span class="file-button">
      <label class="button" for={id}>
        {label}
      </label>
      <input
        id={id}
        data-testid={testId}
        class="visually-hidden"
        type="file"
        accept={accept}
        multiple={multiple}
        // Preact's types do not know these attributes.
        {...(isFolder ? { webkitdirectory: true } : {})}
        {...(isCamera ? { capture: "environment" } : {})}
        onClick={(event) => {
          event.currentTarget.value = "";
        }}
        onChange={(event) => change(event.currentTarget)}
      />
    </span>
  );
}
