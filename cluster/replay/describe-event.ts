// Events of a schedule in words, for progress, comparisons and reports. Pure.
import type { ScheduleEvent } from '../../faults/schedules/schedule.ts'

/** For people: `latency at gateway-na → products-na for 30 s, delayMs=400`. */
export function describeEvent(event: ScheduleEvent): string {
  const words = (parameters: Record<string, unknown> = {}) =>
    Object.entries(parameters).map(([name, value]) => `${name}=${String(value)}`)
  const lasting = (forS: number | undefined) => (forS === undefined ? [] : [`for ${Math.round(forS * 10) / 10} s`])
  switch (event.do) {
    case 'load':
      return `load ${event.requestsPerSecond}/s`
    case 'inject': {
      const where = event.target ?? (event.from === undefined ? 'the cluster' : `${event.from} → ${event.to}`)
      const parts = [`${event.fault} at ${where}`, ...lasting(event.forS), ...words(event.parameters)]
      return parts.join(', ')
    }
    case 'change':
      return [`${event.id} changed`, ...lasting(event.forS), ...words(event.parameters)].join(', ')
    case 'clear':
      return `${event.id} cleared`
    case 'end':
      return `${event.id} ended`
    case 'set':
      return `${event.name}${placeOf(event)} = ${String(event.value)}`
    case 'reset':
      return `${event.name ?? 'all policies'}${placeOf(event)} reset`
    case 'scale':
      return `${event.kind} scaled to ${event.replicas}`
    case 'kill':
      return `${event.node} killed`
    case 'restart':
      return `${event.node} restarted`
  }
}

function placeOf(place: {
  caller?: string | undefined
  callee?: string | undefined
  kind?: string | undefined
}): string {
  if (place.kind !== undefined) return ` of ${place.kind}`
  if (place.caller === undefined && place.callee === undefined) return ''
  return ` of ${place.caller ?? 'all'} → ${place.callee ?? 'all'}`
}
