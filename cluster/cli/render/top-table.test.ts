import pc from 'picocolors'
import { describe, expect, test } from 'vitest'
import type { ServiceFigures } from '../service-figures.ts'
import { drawTop, sortServices, topOrders } from './top-table.ts'

process.env.TZ = 'UTC'

const well: ServiceFigures = {
  service: 'orders',
  readyInstances: 2,
  instances: 2,
  perSecond: 12.345,
  errorShare: 0,
  p50S: 0.0123,
  p95S: 0.0456,
  loopShare: 0.12,
  cpuCores: 0.08,
}
const services: ServiceFigures[] = [
  well,
  { ...well, service: 'payments', readyInstances: 1, errorShare: 0.034, p95S: 1.92, loopShare: 0.97, cpuCores: 1.04 },
  { ...well, service: 'frontdoor', perSecond: 1_240, errorShare: 0.002, p95S: 0.31, loopShare: 0.74, cpuCores: 0.75 },
  {
    ...well,
    service: 'a-service-with-a-very-long-name',
    readyInstances: 0,
    instances: 1,
    perSecond: 0,
    errorShare: undefined,
    p50S: undefined,
    p95S: undefined,
    loopShare: undefined,
    cpuCores: undefined,
  },
  {
    ...well,
    service: 'backend',
    instances: 1,
    readyInstances: 1,
    perSecond: undefined,
    errorShare: undefined,
    p50S: undefined,
    p95S: undefined,
    loopShare: 0.001,
    cpuCores: 0.3,
  },
]
const viewOf = (columns: number, colors = pc.createColors(false)) =>
  ({
    figures: { services, firingAlerts: 1 },
    nowMs: 1_732_314_612_345,
    window: '30s',
    order: 'rate',
    columns,
    colors,
  }) as const

test.each([80, 140])('services at %i columns', async (columns) => {
  const lines = drawTop(viewOf(columns))
  expect(lines.filter((line) => [...line].length > columns)).toEqual([])
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`testdata/top-${columns}.txt`)
})

test('colours change nothing but the colour, and say what is worrying', () => {
  const colors = pc.createColors(true)
  const colored = drawTop(viewOf(80, colors))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
  const bare = colored.map((line) => line.replace(/\u001b\[\d+m/g, '').trimEnd())
  expect(bare).toEqual(drawTop(viewOf(80)))
  const lineOf = (service: string) => colored.find((line) => line.includes(service)) ?? ''
  for (const cell of ['3.4', '1.92 s', '97', '104']) expect(lineOf('payments')).toMatch(new RegExp(`\\[31m *${cell}`))
  expect(lineOf('payments')).toMatch(/\[33m *1\/2/)
  for (const cell of ['0.20', '310 ms', '74', '75']) expect(lineOf('frontdoor')).toMatch(new RegExp(`\\[33m *${cell}`))
  expect(lineOf('a-service')).toMatch(/\[31m *0\/1/)
  expect(lineOf('orders')).not.toMatch(/\[3[13]m/)
})

describe('the order', () => {
  const figures = [
    { ...well, service: 'b', perSecond: 1, errorShare: 0.5, p95S: 1, loopShare: 0.2, cpuCores: undefined },
    { ...well, service: 'c', perSecond: 3, errorShare: undefined, p95S: 2, loopShare: 0.1, cpuCores: 0.5 },
    { ...well, service: 'a', perSecond: 1, errorShare: 0, p95S: undefined, loopShare: 0.3, cpuCores: 0.1 },
  ]
  const expected = { rate: 'cab', errors: 'bac', p95: 'cba', loop: 'abc', cpu: 'cab', name: 'abc' }

  test.each(topOrders)('by %s: the greatest first, the unknown last', (order) => {
    expect(
      sortServices(figures, order)
        .map(({ service }) => service)
        .join(''),
    ).toBe(expected[order])
  })
})
