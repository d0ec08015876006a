// The colour of each service, node or region: the same wherever it appears, as long as colours last. Pure.
import type { Span, Trace } from './trace-model.ts'

const PALETTE_SIZE = 14

export const colourings = ['service', 'node', 'region'] as const
/** What spans are told apart by. */
export type Colouring = (typeof colourings)[number]

export type SpanColours = {
  /** CSS colour by name, in the order of names. */
  legend: ReadonlyMap<string, string>
  /** CSS colour by index of the span. */
  spans: readonly string[]
}

/** Of spans that say no region. */
const NOWHERE = 'no region'

export function spanColours({ spans }: Trace, by: Colouring): SpanColours {
  const nameOf = (span: Span): string => span[by] || NOWHERE
  const legend = new Map(serviceColours([...new Set(spans.map(nameOf))]))
  if (legend.has(NOWHERE)) legend.set(NOWHERE, 'var(--line-strong)')
  return { legend, spans: spans.map((span) => legend.get(nameOf(span)) ?? 'var(--line-strong)') }
}

/** As it stands in an address; by service when it says nothing known. */
export function readColouring(text: string | null): Colouring {
  return colourings.find((each) => each === text) ?? 'service'
}

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
