/** Pictures of any kind to the bytes that a network sees. Pure, the same in a page and on a server. */
export {
  type CodecImports,
  type CodecModules,
  type CodecName,
  type Codecs,
  createCodecs,
} from "./codecs.ts";
export { crc32 } from "./crc32.ts";
export { type NetworkInput, networkInput, type PictureInput, type PictureSource } from "./network-input.ts";
export { MAX_PIXELS, type PictureHeader, pictureHeader } from "./picture-header.ts";
export type { UnreadFormat, UnreadPicture, UnreadReason } from "./unread-picture.ts";
