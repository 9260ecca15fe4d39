/** Why a file gives no picture, and the sentence that says what to do about it. */

/** Formats that the decoder recognises by their content and does not read. */
export type UnreadFormat =
  | "heic"
  | "tiff"
  | "jp2"
  | "jxl"
  | "ico"
  | "svg"
  | "psd"
  | "dicom"
  | "raw"
  | "pdf"
  | "html";

/**
 * `empty`: no bytes. `cut`: the file ends too early. `damaged`: it contradicts its format. `too-large`: more pixels than
 * MAX_PIXELS, or more work or memory than a decoder may take. `variant`: a rare kind of a format that is read otherwise.
 * `unknown`: no known format. `decoder`: a decoder could not be loaded. The rest are formats that are not read.
 */
export type UnreadReason =
  | UnreadFormat
  | "empty"
  | "cut"
  | "damaged"
  | "too-large"
  | "variant"
  | "unknown"
  | "decoder";

/** A file that gives no picture. `message` is a sentence for people that quotes what is wrong and says what to do. */
export type UnreadPicture = {
  readonly outcome: "left-out";
  readonly reason: UnreadReason;
  readonly message: string;
};

const EXPORT = "Export it as JPEG or PNG.";

const UNREAD_FORMATS: Readonly<Record<UnreadFormat, string>> = {
  heic: `The file is a HEIC photo, which browsers cannot read. ${EXPORT} On an iPhone, Settings > Camera > Formats > Most Compatible takes JPEG photos.`,
  tiff: `The file is a TIFF image. ${EXPORT}`,
  jp2: `The file is a JPEG 2000 image. ${EXPORT}`,
  jxl: `The file is a JPEG XL image. ${EXPORT}`,
  ico: `The file is an icon (ICO). ${EXPORT}`,
  svg: `The file is an SVG drawing, which has no pixels of its own. ${EXPORT}`,
  psd: `The file is a Photoshop document. ${EXPORT}`,
  dicom: `The file is a DICOM image. Export the picture as PNG, without the patient's data.`,
  raw: `The file is a camera's raw file. Develop it, and export it as JPEG or PNG.`,
  pdf: `The file is a PDF document. Export each picture as JPEG or PNG.`,
  html: `The file is a web page, not a picture. Download the picture itself.`,
};

/** The outcome for a file of a format that is recognised and not read. */
export function unreadFormat(format: UnreadFormat): UnreadPicture {
  return unread(format, UNREAD_FORMATS[format]);
}

/** The outcome for a file of `format` whose bytes end too early; `missing` names what was expected there. */
export function cut(format: string, missing: string): UnreadPicture {
  return unread("cut", `The ${format} file is cut: ${missing} is missing. Copy or download it again.`);
}

/** The outcome for a file of `format` that contradicts its format; `fault` says how. */
export function damaged(format: string, fault: string): UnreadPicture {
  return unread("damaged", `The ${format} file is damaged: ${fault}. Copy it again, or export it anew.`);
}

/** The outcome for a rare kind of `format`; `kind` names it. */
export function variant(format: string, kind: string): UnreadPicture {
  return unread("variant", `The ${format} file is of a kind that is not read: ${kind}. ${EXPORT}`);
}

/** The outcome of `reason` with `message`. */
export function unread(reason: UnreadReason, message: string): UnreadPicture {
  return { outcome: "left-out", reason, message };
}
