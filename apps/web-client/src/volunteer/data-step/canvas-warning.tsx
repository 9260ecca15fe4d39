import { useMemo } from "preact/hooks";
import { isCanvasTrue } from "../../data/canary.ts";
import { Notice } from "../../ui/notice.tsx";

/** Whether this browser's canvases can be read, asked once. */
export function useCanvasCanary(): boolean {
  return useMemo(isCanvasTrue, []);
}

/** Says exactly what does not work in a browser whose canvases give noise. */
export function CanvasWarning({ what }: { readonly what: string }) {
  return (
    <Notice tone="bad">
      This browser gives random noise when a page reads a canvas, so {what} would train the model on noise and
      is switched off here. Firefox does this with privacy.resistFingerprinting; allow this site to read
      canvas data in its address bar, and reload. Picture files still work: they are read without a canvas.
    </Notice>
  );
}
