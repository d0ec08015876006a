// The HTTP API of fault injection, as data; part of the control plane's. Everything of it, what is secret too, is for holders of the token.
import { z } from 'zod'
import { layers, targetKinds } from '../../../faults/fault.ts'
import { defineApi } from '../../../services/kit/http/api.ts'

export const maxForS = 3_600
const defaultForS = 60

const seconds = (what: string) => {
  const error = `must be a number of seconds from 0.1 to ${maxForS}: ${what}`
  return z.number({ error }).min(0.1, error).max(maxForS, error)
}
const place = z.string().min(1).max(64)
const seedError = 'must be a whole number from 0 to 4294967295'
const Parameters = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

export const FaultInjection = z.strictObject({
  /** Id in the catalogue. */
  fault: z.string({ error: 'must be the id of a fault' }).min(1).max(64),
  /** A node, a kind, a region or a database server; instead of `from` and `to`. */
  target: place.optional(),
  /** One way: what `from` sends to `to`. */
  from: place.optional(),
  to: place.optional(),
  parameters: Parameters.default({}),
  /** Ends by itself after so many seconds. */
  forS: seconds('how long the fault lasts').default(defaultForS),
  /** Kept out of annotations, metrics, spans and logs; of a roll-out the change marker is seen, as of any. */
  secret: z.boolean().default(false),
  /** Of its random decisions; drawn when omitted, and told. */
  seed: z.number({ error: seedError }).int(seedError).min(0, seedError).max(0xffff_ffff, seedError).optional(),
})
export type FaultInjection = z.infer<typeof FaultInjection>

export const InjectedFault = z.object({
  /** Of this injection, for instance `latency-3`. */
  id: z.string(),
  fault: z.string(),
  /** In words: `orders-1`, or `gateway-na → orders-1`. */
  target: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  parameters: z.record(z.string(), z.unknown()),
  seed: z.number().int(),
  secret: z.boolean(),
  startedAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  remainingS: z.number(),
  /** Nodes that are told of it at present. */
  nodes: z.array(z.string()),
})
export type InjectedFault = z.infer<typeof InjectedFault>

export const ParameterInfo = z.object({
  name: z.string(),
  description: z.string(),
  /** JSON Schema of its value. */
  schema: z.record(z.string(), z.unknown()),
  default: z.unknown(),
})

export const FaultInfo = z.object({
  id: z.string(),
  term: z.string(),
  layer: z.enum(layers),
  targets: z.array(z.enum(targetKinds)),
  /** Database servers of this cluster that it acts on, where it is a fault of one; some are faults of the primary alone, or of replicas. */
  databases: z.array(z.string()),
  description: z.string(),
  parameters: z.array(ParameterInfo),
  signature: z.object({ promql: z.string(), alert: z.string().nullable() }),
  impact: z.object({ indicator: z.string().nullable(), text: z.string() }),
  remedies: z.array(
    z.object({
      /** In a few words: `timeoutMs 300`, or a measure that the shop has no switch for. */
      name: z.string(),
      why: z.string(),
      /** Live settings of `faultline policy` that belong to it. */
      policies: z.array(z.string()),
      /** What to type to apply it while the fault is active; none for a measure that the shop has no switch for. */
      commands: z.array(z.string()),
    }),
  ),
  redHerring: z.string(),
  example: z.record(z.string(), z.unknown()).nullable(),
})
export type FaultInfo = z.infer<typeof FaultInfo>

const InjectionParams = z.object({ id: z.string().min(1).max(64) })
/** Whether every node that is connected had applied it when the answer was sent. */
const applied = z.boolean()

export const faultApi = defineApi({
  listCatalogue: {
    method: 'GET',
    path: '/v1/faults/catalogue',
    summary: 'Every fault that can be injected, with its parameters, signature and remedies',
    response: z.object({ faults: z.array(FaultInfo) }),
  },
  listFaults: {
    method: 'GET',
    path: '/v1/faults',
    summary: 'What is active, secret injections included',
    response: z.object({ faults: z.array(InjectedFault) }),
  },
  injectFault: {
    method: 'POST',
    path: '/v1/faults',
    summary: 'Injects a fault; answers when its targets have it, or after a second',
    body: FaultInjection,
    response: InjectedFault.extend({ applied }),
    status: 201,
    otherResponses: {
      400: 'a parameter or a target is not valid',
      404: 'there is no such fault or place',
      409: 'too many are active, or nobody here could carry it out',
    },
  },
  changeFault: {
    method: 'PUT',
    path: '/v1/faults/:id',
    summary: 'Changes the parameters of an active fault, or how long it goes on from now',
    params: InjectionParams,
    body: z.strictObject({ parameters: Parameters.optional(), forS: seconds('how long it goes on').optional() }),
    response: InjectedFault.extend({ applied }),
    otherResponses: { 404: 'no such injection is active' },
  },
  clearFault: {
    method: 'DELETE',
    path: '/v1/faults/:id',
    summary: 'Ends one injection',
    params: InjectionParams,
    response: z.object({ cleared: z.array(z.string()), applied }),
    otherResponses: { 404: 'no such injection is active' },
  },
  clearFaults: {
    method: 'DELETE',
    path: '/v1/faults',
    summary: 'Ends all of them',
    response: z.object({ cleared: z.array(z.string()), applied }),
  },
})
