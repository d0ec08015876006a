// Which requests to a node are neither traced nor measured: health checks, scrapes, what its operators ask, and what ledger nodes say to
// each other when no charge waits for it. They would drown what customers do.
import type { IncomingMessage } from 'node:http'

/** Operators have no trace of their own, so that theirs would look like customers' whose context was lost. */
const OPERATOR_PREFIX = '/operator/'
const paths = new Set(['/healthz', '/readyz', '/metrics', '/region-health', '/raft/messages', '/raft/blocks'])

export function isUntraced({ url = '' }: IncomingMessage): boolean {
  const end = url.indexOf('?')
  return url.startsWith(OPERATOR_PREFIX) || paths.has(end < 0 ? url : url.slice(0, end))
}
