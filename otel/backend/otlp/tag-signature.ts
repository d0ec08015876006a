// A 256-bit signature of a span's attributes, by which a search skips almost every span that cannot match without decoding it.
// Four bits are set for each `key=value`; the value counts in its string form, because that is what a search compares.

/** Longer values take part by their first bytes and their length only, which bounds what a hostile span costs. */
const MAX_HASHED_BYTES = 256

/** With fewer bits, the tags that every span has would make one search in fifty match nearly all of them. */
export const SIGNATURE_WORDS = 8

export class TagSignature {
  readonly words = new Uint32Array(SIGNATURE_WORDS)

  clear(): void {
    this.words.fill(0)
  }

  add(keyHash: number, valueHash: number): void {
    let hash = Math.imul(keyHash, 31) ^ valueHash
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
    hash ^= hash >>> 12
    this.set(hash & 255)
    this.set((hash >>> 8) & 255)
    this.set((hash >>> 16) & 255)
    this.set(hash >>> 24)
  }

  private set(bit: number): void {
    const word = bit >>> 5
    // `word` is below 8 because `bit` is below 256.
    this.words[word] = this.words[word]! | (1 << (bit & 31))
  }
}

/** FNV-1a over a byte range. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  const stop = end - start > MAX_HASHED_BYTES ? start + MAX_HASHED_BYTES : end
  let hash = 0x811c9dc5 ^ (end - start)
  for (let i = start; i < stop; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return hash
}

/** The same hash over a string of ASCII characters, without encoding it. */
export function hashAscii(text: string): number {
  const stop = Math.min(text.length, MAX_HASHED_BYTES)
  let hash = 0x811c9dc5 ^ text.length
  for (let i = 0; i < stop; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}

/** Signature of one `key=value` as a search asks for it. */
export function signatureOf(key: string, value: string): Uint32Array {
  const signature = new TagSignature()
  const keyBytes = Buffer.from(key)
  const valueBytes = Buffer.from(value)
  signature.add(hashBytes(keyBytes, 0, keyBytes.length), hashBytes(valueBytes, 0, valueBytes.length))
  return signature.words
}

/** Arrays and maps are not in the signature; their string forms begin with a bracket, so a search for such a value must not use it. */
export function isSigned(value: string): boolean {
  return !value.startsWith('[') && !value.startsWith('{')
}
