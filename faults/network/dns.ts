import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerErrorRatio } from '../indicators.ts'
import { choice, quantity } from '../parameters.ts'
import { crosses, errorOf, hopsOf } from '../trace.ts'

export const dns = defineFault({
  id: 'dns',
  term: 'name resolution failure',
  layer: 'network',
  targets: ['link', 'regions', 'node', 'kind', 'region', 'database'],
  parameters: z.strictObject({
    mode: choice(['fail', 'slow'], 'whether the name is not found, or found late'),
    delayMs: quantity({
      min: 0,
      max: 30_000,
      default: 0,
      unit: 'milliseconds',
      what: 'what a lookup takes, found or not',
    }),
    probability: quantity({ min: 0.01, max: 1, default: 1, unit: 'probability', what: 'that a lookup is concerned' }),
  }),
  description:
    'The name of `to` is looked up before each new connection, and is not found, or late. Connections that are idle when it begins are given ' +
    'up, as when a name has expired; those in use stay.',
  acts: {
    lookup: (_lookup, { mode, delayMs, probability }, random) => {
      if (random() >= probability) return {}
      return mode === 'fail' ? { delayMs, code: 'ENOTFOUND' } : { delayMs }
    },
  },
  signature: {
    gist: 'names not found, by callee',
    promql:
      'sum by (instance, callee) (rate(http_client_request_duration_seconds_count{error_type=~"ENOTFOUND|EAI_AGAIN"}[10s])) > 0.2',
    trace: {
      search: ({ fromKinds }) => ({ services: fromKinds, tags: '{"error":"true"}' }),
      holds: (trace, { from, to }) =>
        hopsOf(trace).some(
          (hop) =>
            crosses(hop, from, to) && hop.server === undefined && /ENOTFOUND|EAI_AGAIN/.test(errorOf(hop.client)),
        ),
    },
    alert: 'CallsFailing',
  },
  impact: {
    indicator: customerErrorRatio,
    text: 'fails for whoever needs a new connection; who has one notices nothing, until it is closed',
  },
  remedies: [
    {
      policies: [{ policy: 'serveStale', kind: 'edge', without: false, with: true }],
      why: 'the edge answers with what it has while nobody is found',
    },
    { measure: 'keep-alive', why: 'a connection that is open needs no name' },
  ],
  redHerring: 'the callee looks down, and has no trace of any request to show',
  example: {
    small: { from: 'gateway-na', to: 'products-na' },
    full: { from: 'gateway-na', to: 'orders' },
  },
})
