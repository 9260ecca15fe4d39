/** A drawn canvas as a picture file, which is then read like any other. */

let made = 0;

/** `source` begins the file's name; a number makes it the only one of this page. */
export async function pngOf(canvas: HTMLCanvasElement, source: string): Promise<File> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob === null) throw new Error("this browser makes no picture of a canvas");
  made++;
  return new File([blob], `${source}-${made}.png`, { type: "image/png" });
}
