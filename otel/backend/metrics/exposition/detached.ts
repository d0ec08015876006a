/** A copy of a piece of text that does not keep the whole text alive, as V8's slices do. */
export function detached(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8')
}
