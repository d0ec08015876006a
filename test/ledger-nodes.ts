// The ledger nodes of a running cluster, asked from outside as an operator would: each for itself, whatever the others think of it.
import { request } from 'undici'
import { type LedgerStatus, ledgerApi } from '../services/ledger/contract.ts'
import type { RunningCluster } from './running-cluster.ts'
import { until } from './until.ts'

/** A node that is frozen does not hold up whoever asks. */
const TIMEOUT_MS = 10_000

export const LEDGERS = ['ledger-na', 'ledger-eu', 'ledger-asia'] as const

export type LedgerNodes = ReturnType<typeof ledgerNodesOf>

export function ledgerNodesOf({ cluster }: Pick<RunningCluster, 'cluster'>) {
  async function processOf(id: string): Promise<{ pid: number; address: string }> {
    return until(`a process of ${id}`, async () => {
      const found = (await cluster.supervision.processes()).find((process) => process.id === id)
      return found?.pid && found.address ? { pid: found.pid, address: found.address } : undefined
    })
  }

  /** Its answer, whatever its status; rejects when there is none. */
  async function send<T>(id: string, method: 'GET' | 'POST', path: string, json?: unknown) {
    const { address } = await processOf(id)
    const sent =
      json === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }
    const { statusCode, body } = await request(`http://${address}${path}`, {
      method,
      headersTimeout: TIMEOUT_MS,
      ...sent,
    })
    // The caller names what the contract promises.
    return { status: statusCode, body: (await body.json()) as T }
  }

  const ask = async <T>(id: string, method: 'GET' | 'POST', path: string) => (await send<T>(id, method, path)).body
  const statusOf = (id: string) => ask<LedgerStatus>(id, 'GET', ledgerApi.status.path)

  return {
    processOf,
    send,
    ask,
    statusOf,

    /** Resolves when these nodes agree on a leader and have applied the same. */
    untilCalm: (members: readonly string[] = LEDGERS) =>
      until(
        'a calm ledger',
        async () => {
          const all = await Promise.all(members.map((id) => statusOf(id).catch(() => undefined)))
          const [first] = all
          const agree = all.every(
            (one) => one?.leader && one.leader === first?.leader && one.tip.hash === first.tip.hash,
          )
          return agree && first
        },
        60_000,
      ),
  }
}
