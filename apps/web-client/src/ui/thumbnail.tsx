/** One image of a data set on a canvas of its own size. CSS scales it up. */
import { useEffect, useRef } from "preact/hooks";
import { toRgba } from "../data/pixels.ts";

export type ThumbnailProps = {
  /** [height, width, channels] */
  readonly image: readonly [number, number, number];
  /** height * width * channels bytes, row-major */
  readonly pixels: Uint8Array;
  readonly label: string;
};

export function Thumbnail({ image, pixels, label }: ThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [height, width] = image;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    context?.putImageData(new ImageData(toRgba(pixels, image), width, height), 0, 0);
  }, [pixels, image, height, width]);
  return <canvas ref={canvas} width={width} height={height} role="img" aria-label={label} title={label} />;
}
