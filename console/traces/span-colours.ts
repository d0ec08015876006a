// The colour of each service: the same wherever it appears, as long as colours last. Pure.

const PALETTE_SIZE = 14

/** CSS colour by service: a name's own colour, or the next free one when another name has it. */
export function serviceColours(services: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<number>()
  const colours = new Map<string, string>()
  for (const service of [...services].sort()) {
    let slot = hash(service) % PALETTE_SIZE
    for (let tries = 0; taken.has(slot) && tries < PALETTE_SIZE; tries++) slot = (slot + 1) % PALETTE_SIZE
    taken.add(slot)
    colours.set(service, `var(--s${slot})`)
  }
  return colours
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}
