import { expect, test } from 'vitest'
import { createRandom } from '../random.ts'
import type { Trace, TraceSpan } from '../trace.ts'
import { cardinality } from './cardinality.ts'
import { exporterOutage } from './exporter-outage.ts'
import { lostContext } from './lost-context.ts'
import { samplingBias } from './sampling-bias.ts'

const payments = { nodes: ['payments-1'], kinds: ['payments'], from: [], to: [], fromKinds: [], toKinds: [] }

function trace(...spans: Partial<TraceSpan>[]): Trace {
  const where = { service: 'payments', node: 'payments-1', region: 'na', version: '1' }
  const rest = { id: 'a', name: 'span', parentId: undefined, kind: 'server', tags: {}, startUs: 0, durationUs: 1_000 }
  return { id: 't', spans: spans.map((span) => ({ ...where, ...rest, ...span })) }
}

test('cardinality: a route of its own for each request, or for a share of them', () => {
  const random = createRandom(1)
  const names = (share: number) =>
    Array.from({ length: 500 }, () =>
      cardinality.acts.route?.({ route: '/charges/:orderId', path: '/charges/7' }, { share }, random),
    )
  const all = names(1)
  expect(new Set(all).size).toBe(500)
  expect(all[0]).toMatch(/^\/charges\/7\/[0-9a-f]{1,8}$/)
  const kept = names(0.2).filter((name) => name === '/charges/:orderId').length
  expect(kept).toBeGreaterThan(350)
  expect(kept).toBeLessThan(450)
})

test('lost-context: a root at the target, and not one where customers enter', () => {
  const { holds } = lostContext.signature.trace
  expect(holds(trace({}), payments)).toBe(true)
  expect(holds(trace({ parentId: 'b' }), payments)).toBe(false)
  expect(holds(trace({ service: 'frontdoor', node: 'frontdoor-1' }), { ...payments, nodes: [] })).toBe(false)
})

test.each([
  ['ot=th:f333', true],
  ['vendor=x,ot=rv:1;th:8', true],
  ['ot=th:0', false],
  ['vendor=th:8', false],
  ['', false],
])('sampling-bias: a trace with %j was sampled: %s', (traceState, expected) => {
  expect(samplingBias.signature.trace.holds(trace({ tags: { 'w3c.tracestate': traceState } }), payments)).toBe(expected)
})

test('exporter-outage: a call that was answered by somebody who left no span', () => {
  const { holds } = exporterOutage.signature.trace
  const tags = { 'faultline.callee.instance': 'payments-1', 'http.response.status_code': 200 }
  const client = { id: 'c', kind: 'client', node: 'orders-1', service: 'orders', tags }
  expect(holds(trace(client), payments)).toBe(true)
  expect(holds(trace(client, { id: 's', parentId: 'c' }), payments)).toBe(false)
  const failed = { ...client, tags: { 'faultline.callee.instance': 'payments-1' } }
  expect(holds(trace(failed), payments)).toBe(false)
})
