// Strings that own their characters.

/** A copy of a text as one flat string: V8's slices keep the whole text alive, and its concatenations all their parts. */
export function detached(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8')
}
