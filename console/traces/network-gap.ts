// The part of a call that is neither caller nor callee: what the client span has over the server span. Pure.
// It holds the network both ways, and queues on the way: connection pools, the callee's accept queue.
import type { Span, Trace } from './trace-model.ts'

export type NetworkGap = {
  totalMicros: number
  /** From the client's start to the server's, and from the server's end to the client's; halves of the total when clocks disagree. */
  outMicros: number
  backMicros: number
  /** The server span lies outside the client span, so that only the total can be known. */
  skewed: boolean
}

/** Of a client span that one server span answers; undefined of any other. Durations are compared, so clocks do not matter to the total. */
export function networkGap({ spans }: Trace, span: Span): NetworkGap | undefined {
  if (span.kind !== 'client') return undefined
  const servers = span.children.flatMap((index) => spans[index] ?? []).filter(({ kind }) => kind === 'server')
  const [server] = servers
  if (!server || servers.length > 1) return undefined
  const totalMicros = Math.max(0, span.durationMicros - server.durationMicros)
  const outMicros = server.startMicros - span.startMicros
  const backMicros = totalMicros - outMicros
  if (outMicros >= 0 && backMicros >= 0) return { totalMicros, outMicros, backMicros, skewed: false }
  return { totalMicros, outMicros: totalMicros / 2, backMicros: totalMicros / 2, skewed: true }
}
