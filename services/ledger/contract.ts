// The HTTP API of `ledger`: append a charge, read it, prove it; and what operators and the ledger nodes themselves ask.
import { z } from 'zod'
import { defineApi } from '../kit/http/api.ts'
import { Block, tipSchema } from './chain/block.ts'
import { Charge } from './chain/charge.ts'
import { InclusionProof } from './chain/proof.ts'
import { membershipSchema } from './raft/messages.ts'

/**
 * `linearizable`: what every append that was acknowledged before the question left behind, confirmed by a majority.
 * `stale`: what this node happens to know.
 */
export const Consistency = z.enum(['linearizable', 'stale'])
export type Consistency = z.infer<typeof Consistency>

/** How an answer came about. */
const Answered = z.object({
  /** The node that answered. */
  node: z.string(),
  /** Whom it takes for the leader. */
  leader: z.string().nullable(),
})

const Read = Answered.extend({
  consistency: Consistency,
  /** Up to here the log was applied when this was read. */
  appliedIndex: z.int(),
})

export type LedgerCharge = Charge

export const Committed = Answered.extend({
  /** Whether this request has brought it about. */
  isNew: z.boolean(),
  proof: InclusionProof,
})
export type Committed = z.infer<typeof Committed>

const Follower = z.object({
  id: z.string(),
  state: z.enum(['probe', 'replicate', 'snapshot']),
  matchIndex: z.int(),
  /** Whether it was heard of lately. */
  active: z.boolean(),
})

export const LedgerStatus = Answered.extend({
  id: z.string(),
  role: z.enum(['follower', 'pre-candidate', 'candidate', 'leader']),
  term: z.int(),
  commitIndex: z.int(),
  appliedIndex: z.int(),
  lastLogIndex: z.int(),
  snapshotIndex: z.int(),
  membership: membershipSchema,
  /** Whether that is not committed yet. */
  membershipPending: z.boolean(),
  followers: z.array(Follower),
  tip: tipSchema,
  charges: z.int(),
  logBytes: z.int(),
  chainBytes: z.int(),
})
export type LedgerStatus = z.infer<typeof LedgerStatus>

/** `fault`: the first block that is not what it was when it was committed. */
export const Verification = z.object({
  node: z.string(),
  blocks: z.int(),
  charges: z.int(),
  fault: z.object({ height: z.int(), what: z.string() }).nullable(),
})
export type Verification = z.infer<typeof Verification>

const ChargeParams = z.object({ chargeId: z.uuid() })
const ConsistencyQuery = z.object({ consistency: Consistency.default('linearizable') })
const noQuorum = { 503: 'No majority of the ledger can be reached; ask again' }

export const MAX_BLOCKS_A_PAGE = 32

export const ledgerApi = defineApi({
  append: {
    method: 'POST',
    path: '/charges',
    summary:
      'Append a charge and wait until a majority has stored it; the same charge id again returns the first outcome, another one is a charge more, even of the same order',
    headers: z.object({ 'x-ledger-forwarded': z.literal('1').optional() }),
    body: Charge,
    response: Committed,
    idempotent: true,
    otherResponses: {
      409: 'A charge with this id says otherwise',
      503: 'No majority of the ledger can be reached: ask again; or, as `ledger_full`, it holds as many charges as it can',
    },
  },
  readCharge: {
    method: 'GET',
    path: '/charges/:chargeId',
    summary: 'A charge by its id, if the ledger has it',
    params: ChargeParams,
    query: ConsistencyQuery,
    response: Read.extend({ charge: Charge.nullable(), height: z.int().nullable(), index: z.int().nullable() }),
    otherResponses: noQuorum,
  },
  proveCharge: {
    method: 'GET',
    path: '/charges/:chargeId/proof',
    summary: 'Proof that the charge of this id is in its block',
    params: ChargeParams,
    query: ConsistencyQuery,
    response: Read.extend({ proof: InclusionProof }),
    otherResponses: { 404: 'The ledger has no charge of this id', ...noQuorum },
  },
  status: {
    method: 'GET',
    path: '/operator/status',
    summary: 'What this node knows of the ledger and of itself',
    response: LedgerStatus,
  },
  readBlocks: {
    method: 'GET',
    path: '/operator/blocks',
    summary: 'Blocks as they are on the disk of this node, from a height on; the newest ones when none is named',
    query: z.object({
      from: z.coerce.number().int().min(1).optional(),
      limit: z.coerce.number().int().min(1).max(MAX_BLOCKS_A_PAGE).default(10),
    }),
    response: z.object({ node: z.string(), blocks: z.array(Block) }),
    otherResponses: { 409: 'A block is damaged; its message says which' },
  },
  verify: {
    method: 'POST',
    path: '/operator/verify',
    summary: 'Check the whole chain on the disk of this node',
    response: Verification,
    idempotent: true,
  },
  join: {
    method: 'POST',
    path: '/members',
    summary: 'Make a ledger node a member; to be repeated until it is a voter. For the leader',
    body: z.object({ id: z.string().min(1).max(120) }),
    response: Answered.extend({ state: z.enum(['voter', 'learner', 'pending']) }),
    idempotent: true,
    otherResponses: { 409: 'Not the leader; the message names it' },
  },
})
