// Routes of `ledger`. Any node may be asked: a follower passes an append on to the leader, once, and answers reads itself.
import { type Express, type Request, type Response, Router } from 'express'
import type { Logger } from '../../otel/sdk/logger.ts'
import { type Caller, callerOf } from '../kit/calls/caller.ts'
import { HttpError, notFound } from '../kit/http/errors.ts'
import { namedRoute } from '../kit/http/named-route.ts'
import { createRoutes } from '../kit/http/routes.ts'
import { createServiceApp } from '../kit/http/server.ts'
import { withTimeLimit } from '../kit/http/time-limit.ts'
import { createLedgerClient } from './client.ts'
import { type Committed, type Consistency, ledgerApi, MAX_BLOCKS_A_PAGE } from './contract.ts'
import { COMMIT_TIMEOUT_MS } from './node/appender.ts'
import { BLOCKS_PATH } from './node/catch-up.ts'
import type { Ledger } from './node/ledger.ts'
import { APPEND_PATH, MESSAGES_PATH } from './node/peers.ts'

export type LedgerDeps = { ledger: Ledger; caller: Caller; log: Logger }

/** The leader answers in COMMIT_TIMEOUT_MS; this is that and the longest way to it and back. */
const FORWARD_LIMIT_MS = COMMIT_TIMEOUT_MS + 200
/** A message of a leader to a follower that is far behind holds many blocks. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024

export function createApp({ ledger, caller, log }: LedgerDeps): Express {
  const answered = () => ({ node: ledger.node, leader: ledger.leader() })

  async function append(charge: Committed['proof']['charge'], isForwarded: boolean): Promise<Committed> {
    if (ledger.isLeader()) return { ...(await ledger.append(charge)), ...answered() }
    const leader = ledger.leader()
    if (leader === null) {
      throw new HttpError(
        503,
        'no_leader',
        'the ledger has no leader: no majority of its nodes can be reached; ask again',
      )
    }
    if (isForwarded) throw new HttpError(503, 'leader_changed', `the leader is ${leader} by now; ask again`)
    const client = createLedgerClient(callerOf(caller, leader))
    const forwarded = withTimeLimit(FORWARD_LIMIT_MS, () =>
      client.append({ body: charge, headers: { 'x-ledger-forwarded': '1' } }),
    )
    return forwarded.catch((error: unknown) => {
      if (error instanceof HttpError && error.status < 500) throw error
      throw new HttpError(503, 'no_quorum', `${leader}, the leader, could not have it committed; ask again`, {
        cause: error,
      })
    })
  }

  async function readAs(consistency: Consistency) {
    if (consistency === 'linearizable') await ledger.untilLinearizable()
    return { ...answered(), consistency, appliedIndex: ledger.appliedIndex() }
  }

  async function blocks(from: number | undefined, limit: number) {
    const { height: last } = ledger.state.tip
    const first = from ?? Math.max(1, last - limit + 1)
    const found = []
    for (let height = first; height <= last && height < first + limit; height++) {
      const block = await ledger.state.blockOnDisk(height).catch((cause: Error) => {
        throw new HttpError(409, 'block_damaged', `block ${height}: ${cause.message}`, { cause })
      })
      if (block) found.push(block)
    }
    return { node: ledger.node, blocks: found }
  }

  const routes = createRoutes(ledgerApi, {
    append: ({ body, headers }) => append(body, headers['x-ledger-forwarded'] === '1'),
    readCharge: async ({ params, query }) => {
      const read = await readAs(query.consistency)
      const proof = await ledger.prove(params.chargeId)
      const { height = null, index = null } = proof?.header ?? {}
      return { ...read, charge: proof?.charge ?? null, height, index }
    },
    proveCharge: async ({ params, query }) => {
      const read = await readAs(query.consistency)
      const proof = await ledger.prove(params.chargeId)
      if (!proof) throw notFound('a charge of this id')
      return { ...read, proof }
    },
    status: async () => ledger.status(),
    readBlocks: ({ query }) => blocks(query.from, query.limit),
    verify: async () => ({ node: ledger.node, ...(await ledger.state.verify()) }),
    join: async ({ body }) => {
      if (!ledger.isLeader()) throw new HttpError(409, 'not_leader', `the leader is ${ledger.leader() ?? 'not known'}`)
      return { state: ledger.admit(body.id), ...answered() }
    },
  })

  const receive = async ({ body }: Request, response: Response) => void response.json(await ledger.receive(body))
  const between = Router()
    .post(APPEND_PATH, namedRoute(APPEND_PATH), receive)
    .post(MESSAGES_PATH, namedRoute(MESSAGES_PATH), receive)
    .get(BLOCKS_PATH, namedRoute(BLOCKS_PATH), async ({ query }, response) => {
      response.json(await blocks(Number(query['from']) || 1, Math.min(Number(query['limit']) || 1, MAX_BLOCKS_A_PAGE)))
    })
  return createServiceApp({ log, routes: Router().use(between).use(routes), bodyLimitBytes: BODY_LIMIT_BYTES })
}
