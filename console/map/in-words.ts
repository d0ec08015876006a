// Nodes and links in words: for screen readers, for lists, for tooltips.
import { formatValue } from '../dashboards/units.ts'
import type { MapLink, MapNode } from './map-model.ts'
import type { Measured } from './measured.ts'

export function measuredInWords({ rate, errorShare, p95S }: Measured): string {
  if (rate === 0) return 'idle'
  const parts = [`${formatValue(rate, 'short')} a second`]
  if (errorShare > 0) parts.push(`${formatValue(errorShare, 'percentunit')} errors`)
  if (p95S !== undefined) parts.push(`p95 ${formatValue(p95S, 's')}`)
  return parts.join(', ')
}

/** All but its name. */
export function nodeInWords(node: MapNode): string {
  const parts = [healthInWords(node), measuredInWords(node)]
  if (node.waiting !== undefined) parts.push(`${node.waiting} messages waiting`)
  if (node.role) parts.push(node.role)
  if (node.lagS !== undefined) parts.push(`${formatValue(node.lagS, 's')} behind`)
  if (node.faults.length > 0) parts.push(`faults: ${node.faults.map(({ fault }) => fault).join(', ')}`)
  return parts.join(', ')
}

export function healthInWords({ health, why }: Pick<MapNode, 'health' | 'why'>): string {
  const words = { ok: 'well', busy: 'busy', warn: 'in trouble', down: 'down' }[health]
  return why ? `${words} (${why})` : words
}

export function linkInWords(link: MapLink): string {
  const parts = [`${link.from} to ${link.to}`, measuredInWords(link)]
  if (link.breaker) parts.push(`breaker ${link.breaker.replace('_', ' ')}`)
  if (link.faults.length > 0) parts.push(`faults: ${link.faults.map(({ fault }) => fault).join(', ')}`)
  return parts.join(', ')
}
