// The HTTP API of the policies: what may be set, what is in force, and changes of it.
import { z } from 'zod'
import { defineApi } from '../../../services/kit/http/api.ts'
import { policyScopes } from '../../../services/kit/policies/catalogue.ts'
import { nodeKinds } from '../../topology/kinds.ts'

const maxChanges = 200

const KindName = z.enum(nodeKinds as [string, ...string[]])
const Value = z.union([z.number(), z.boolean(), z.string().max(64)])
const Values = z.record(z.string(), Value)

/** What a change is for; what is left out means all. `kind` is for settings of a kind of node, the others are for those of calls. */
const target = { caller: KindName.optional(), callee: KindName.optional(), kind: KindName.optional() }
export const PolicyTarget = z.strictObject(target)
export type PolicyTarget = z.infer<typeof PolicyTarget>

export const PolicyChange = z.strictObject({ name: z.string().max(64), value: Value, ...target })
export type PolicyChange = z.infer<typeof PolicyChange>

export const PolicySpec = z.object({
  name: z.string(),
  scope: z.enum(policyScopes),
  topic: z.string(),
  /** What it does. */
  does: z.string(),
  /** Faults that it reduces. */
  cures: z.array(z.string()),
  /** Kinds of node that heed it; all when there is none. */
  kinds: z.array(z.string()).optional(),
  type: z.enum(['number', 'switch', 'choice']),
  unit: z.string().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  whole: z.boolean().optional(),
  choices: z.array(z.string()).optional(),
  /** In words: what a value must be. */
  range: z.string(),
  default: Value,
})
export type PolicySpec = z.infer<typeof PolicySpec>

const inForce = {
  /** In force now. */
  values: Values,
  /** In force unless it is changed: the cluster's own settings where it has some, else the catalogue's. */
  defaults: Values,
  /** Names of those that were changed. */
  changed: z.array(z.string()),
}

export const Policies = z.object({
  catalogue: z.array(PolicySpec),
  calls: z.array(z.object({ caller: z.string(), callee: z.string(), ...inForce })),
  kinds: z.array(z.object({ kind: z.string(), ...inForce })),
  cluster: z.object(inForce),
})
export type Policies = z.infer<typeof Policies>

/** One value that was changed at one place. */
const Changed = z.object({
  name: z.string(),
  value: Value,
  before: Value,
  caller: z.string().optional(),
  callee: z.string().optional(),
  kind: z.string().optional(),
})
export type Changed = z.infer<typeof Changed>

const Outcome = z.object({
  /** Every value that differs from before. */
  changed: z.array(Changed),
  /** Whether every node that is connected has said within a second that it has applied it. */
  applied: z.boolean(),
})

const NameParams = z.object({ name: z.string().min(1).max(64) })
const otherResponses = { 400: 'no such policy, or not a value of it', 409: 'the cluster has nobody to heed it' }

export const policyApi = defineApi({
  getPolicies: {
    method: 'GET',
    path: '/v1/policies',
    summary: 'What policies there are, and their values: in force and by default',
    query: PolicyTarget,
    response: Policies,
  },
  setPolicies: {
    method: 'PUT',
    path: '/v1/policies',
    summary: 'Sets several policies at once, all or none',
    body: z.strictObject({ changes: z.array(PolicyChange).min(1).max(maxChanges) }),
    response: Outcome,
    otherResponses,
  },
  setPolicy: {
    method: 'PUT',
    path: '/v1/policies/:name',
    summary: 'Sets one policy for all that its target names',
    params: NameParams,
    body: z.strictObject({ value: Value, ...target }),
    response: Outcome,
    otherResponses,
  },
  resetPolicies: {
    method: 'DELETE',
    path: '/v1/policies',
    summary: 'Puts every policy of the target back to its default',
    query: PolicyTarget,
    response: Outcome,
  },
  resetPolicy: {
    method: 'DELETE',
    path: '/v1/policies/:name',
    summary: 'Puts one policy back to its default',
    params: NameParams,
    query: PolicyTarget,
    response: Outcome,
    otherResponses,
  },
})
