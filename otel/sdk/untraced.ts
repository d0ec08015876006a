// Which requests to a node are neither traced nor measured: health checks, scrapes and what ledger nodes say to each other when no charge
// waits for it. They would drown what customers do.
import type { IncomingMessage } from 'node:http'

const paths = new Set(['/healthz', '/readyz', '/metrics', '/region-health', '/raft/messages', '/raft/blocks'])

export function isUntraced({ url = '' }: IncomingMessage): boolean {
  const end = url.indexOf('?')
  return paths.has(end < 0 ? url : url.slice(0, end))
}
