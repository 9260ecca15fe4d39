/** Pictures from the camera, one press each. Where a page may not use it, the phone's own camera takes them. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { DataDesk } from "../../data/data-desk.ts";
import { filesOfInput } from "../../data/folder-entries.ts";
import { pngOf } from "../../data/png-of-canvas.ts";
import { reasonOf } from "../../reason-of.ts";
import { Notice } from "../../ui/notice.tsx";
import { CanvasWarning, useCanvasCanary } from "./canvas-warning.tsx";
import { ClassSelect } from "./class-select.tsx";
import { FileButton } from "./file-button.tsx";
import { PrivacyLine } from "./privacy-line.tsx";

type Props = { readonly desk: DataDesk; readonly classNames: readonly string[] };
type Viewing =
  | { readonly phase: "off" }
  | { readonly phase: "on"; readonly stream: MediaStream }
  | { readonly phase: "failed"; readonly reason: string };

export function Camera({ desk, classNames }: Props) {
  const [label, setLabel] = useState(0);
  const isTrue = useCanvasCanary();
  return (
    <div class="panel stack">
      <PrivacyLine />
      <ClassSelect id="camera-class" classNames={classNames} label={label} onChoose={setLabel} />
      {isTrue ? (
        <LiveCamera
          onPicture={(slices) => void desk.addPictures(label, slices)}
          name={classNames[label] ?? ""}
        />
      ) : (
        <CanvasWarning what="the camera" />
      )}
      <div class="row">
        <FileButton
          id="camera-file"
          label="Use the device's camera app"
          testId="camera-file"
          accept="image/*"
          isCamera
          onFiles={(files) => void desk.addPictures(label, filesOfInput(files))}
        />
        <p class="small soft">On a phone this opens the camera; elsewhere it picks a file.</p>
      </div>
    </div>
  );
}

type LiveProps = {
  readonly name: string;
  readonly onPicture: (slices: ReturnType<typeof filesOfInput>) => void;
};

function LiveCamera({ name, onPicture }: LiveProps) {
  const [viewing, setViewing] = useState<Viewing>({ phase: "off" });
  const video = useRef<HTMLVideoElement>(null);
  const stream = viewing.phase === "on" ? viewing.stream : null;
  useEffect(() => {
    if (video.current !== null) video.current.srcObject = stream;
    return () => stream?.getTracks().forEach((track) => void track.stop());
  }, [stream]);
  const take = async () => {
    if (video.current !== null) onPicture(filesOfInput([await pictureOf(video.current)]));
  };
  if (stream === null) {
    return (
      <div class="row">
        <button type="button" class="button" onClick={() => void openCamera().then(setViewing)}>
          Turn the camera on
        </button>
        {viewing.phase === "failed" && <Notice tone="warn">{viewing.reason}</Notice>}
      </div>
    );
  }
  return (
    <div class="stack">
      <video class="viewfinder" ref={video} autoplay playsInline muted aria-label="What the camera sees" />
      <div class="row">
        <button type="button" class="button" data-kind="primary" onClick={() => void take()}>
          Take a picture of {name}
        </button>
        <button type="button" class="button" onClick={() => setViewing({ phase: "off" })}>
          Turn the camera off
        </button>
      </div>
    </div>
  );
}

/** Resolves always: what stands against the camera is said in words. */
async function openCamera(): Promise<Viewing> {
  const failed = (reason: string): Viewing => ({ phase: "failed", reason });
  if (navigator.mediaDevices?.getUserMedia === undefined) {
    return failed("This page may not use the camera: browsers allow it on https addresses alone.");
  }
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    return { phase: "on", stream };
  } catch (cause) {
    const name = cause instanceof DOMException ? cause.name : "";
    if (name === "NotFoundError" || name === "OverconstrainedError")
      return failed("This device has no camera.");
    if (name === "NotAllowedError") {
      return failed(
        "The camera is not allowed for this page. Allow it in the browser's address bar, and try again.",
      );
    }
    return failed(`The camera does not start (${reasonOf(cause)}).`);
  }
}

/** The frame that is shown, as a picture file. */
async function pictureOf(video: HTMLVideoElement): Promise<File> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return await pngOf(canvas, "camera");
}
