import pc from 'picocolors'
import { expect, test } from 'vitest'
import { drawTraces, type TraceSummary } from './traces-table.ts'

process.env.TZ = 'UTC'

const trace: TraceSummary = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  startMicros: 1_732_314_612_345_678,
  durationMicros: 412_400,
  rootService: 'load',
  rootOperation: 'buy: checkout',
  spans: 31,
  services: ['load', 'frontdoor', 'edge', 'gateway', 'orders', 'products', 'payments', 'fulfilment'],
  errors: 2,
}
const traces = [
  trace,
  { ...trace, traceId: '4bf92f3577b34da6', durationMicros: 850, spans: 4, errors: 0, rootOperation: 'browse: page' },
]

test.each([80, 150])('a table of %i columns', async (columns) => {
  const lines = drawTraces(traces, columns, pc.createColors(false))
  expect(lines.filter((line) => [...line].length > columns)).toEqual([])
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`testdata/traces-${columns}.txt`)
})
