import { type Assembly, beginAssembly, type UpdateOffered, type VolunteerId } from "@tributary/protocol";

/** An update that was offered, and the bytes of it that are here. */
export type Upload = { readonly offer: UpdateOffered; readonly assembly: Assembly };

/** Incoming updates by volunteer. They outlive a connection: a volunteer that comes back goes on where it stopped. */
export type Uploads = {
  /** Starts the upload of the offered tensor, or returns the one under way; null: no room is left. */
  begin(run: string, volunteer: VolunteerId, offer: UpdateOffered): Upload | null;
  find(run: string, volunteer: VolunteerId): Upload | undefined;
  end(run: string, volunteer: VolunteerId): void;
  /** Frees what belongs to the run's rounds up to and including `round`: they take no more updates. */
  closeRounds(run: string, round: number): void;
};

/** `maxBytes` bounds what is reserved for the updates of all volunteers together. */
export function createUploads(maxBytes: number): Uploads {
  const uploads = new Map<string, Upload & { readonly run: string }>();
  let reserved = 0;

  const drop = (key: string) => {
    reserved -= uploads.get(key)?.assembly.bytes.byteLength ?? 0;
    uploads.delete(key);
  };
  return {
    begin(run, volunteer, offer) {
      const key = keyOf(run, volunteer);
      const known = uploads.get(key);
      if (known?.offer.round === offer.round && known.offer.tensor.hash === offer.tensor.hash) return known;
      drop(key);
      if (reserved + offer.tensor.bytes > maxBytes) return null;
      const upload = { run, offer, assembly: beginAssembly(offer.tensor) };
      reserved += offer.tensor.bytes;
      uploads.set(key, upload);
      return upload;
    },
    find: (run, volunteer) => uploads.get(keyOf(run, volunteer)),
    end: (run, volunteer) => drop(keyOf(run, volunteer)),
    closeRounds(run, round) {
      for (const [key, upload] of uploads) {
        if (upload.run === run && upload.offer.round <= round) drop(key);
      }
    },
  };
}

function keyOf(run: string, volunteer: VolunteerId): string {
  return `${run} ${volunteer}`;
}
