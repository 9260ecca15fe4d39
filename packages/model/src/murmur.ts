/** MurmurHash3 (Austin Appleby, 32 bit, x86): what seeds and hashes of examples are made of. It is no secret. */

/** One block of MurmurHash3_x86_32: the hash so far and a 32-bit word to the next hash. */
export function absorb(hash: number, word: number): number {
  let block = Math.imul(word, 0xcc9e2d51);
  block = (block << 15) | (block >>> 17);
  const mixed = hash ^ Math.imul(block, 0x1b873593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** fmix32 of MurmurHash3: a bijection of uint32 in which every bit reaches every bit. */
export function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
