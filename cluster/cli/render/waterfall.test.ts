import pc from 'picocolors'
import { describe, expect, test } from 'vitest'
import type { LogRecord } from './log-line.ts'
import { readSpans } from './span.ts'
import { checkout, jaegerTrace, START_MICROS } from './test-trace.ts'
import { drawWaterfall, type WaterfallInput } from './waterfall.ts'

process.env.TZ = 'UTC'
const plainColors = pc.createColors(false)

function log(spanId: string, atMs: number, severity: string, severityNumber: number, body: string): LogRecord {
  const attributes = { node: 'orders-2', attempt: 1 }
  const place = { node: 'orders-2', service: 'orders', traceId: checkout.traceID, spanId }
  return { ...place, timeMicros: START_MICROS + atMs * 1_000, severity, severityNumber, body, attributes }
}

const checkoutInput: WaterfallInput = {
  traceId: checkout.traceID,
  spans: readSpans(checkout),
  logs: [
    log('m', 278.4, 'WARN', 13, 'payments-1 gave no answer'),
    log('h', 350.1, 'INFO', 9, 'order confirmed'),
    log('', 400, 'INFO', 9, 'sweep done'),
  ],
  linkNames: new Map([['0af7651916cd43dd8448eb211c80319c', 'fulfilment-1 process order-confirmed']]),
  warnings: [],
}

test.each([80, 100, 160])('a checkout with an error, a repeat and a consumer at %i columns', async (columns) => {
  const lines = drawWaterfall(checkoutInput, { columns, cutRemarks: true, colors: plainColors })
  expect(lines.filter((line) => [...line].length > columns)).toEqual([])
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`testdata/checkout-${columns}.txt`)
})

test('a broken trace: lost parent, circle, clock skew, hostile names', async () => {
  const trace = jaegerTrace('00000000000000000000000000000abc', [
    { id: '1', node: 'edge-na@na', kind: 'server', operation: 'GET /', at: 10, for: 50 },
    { id: '2', parent: '1', node: 'gateway-na@na', kind: 'server', operation: 'GET\u001b[2J\n/a', at: 4, for: 20 },
    { id: '3', parent: 'gone', node: 'orders-1', operation: 'INSERT orders', at: 30, for: 0.01 },
    { id: '4', parent: '5', node: 'loop-1', operation: 'four', at: 31, for: 1 },
    { id: '5', parent: '4', node: 'loop-1', operation: 'five', at: 32, for: 1, warnings: ['negative duration'] },
    { id: '1', parent: '1', node: 'twin-1', operation: 'the same id again', at: 33, for: 1 },
  ])
  const input = {
    ...checkoutInput,
    traceId: trace.traceID,
    spans: readSpans(trace),
    logs: [],
    warnings: ['incomplete'],
  }
  const lines = drawWaterfall(input, { columns: 100, cutRemarks: false, colors: plainColors })
  expect(lines.join('')).not.toContain('\u001b')
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('testdata/broken-100.txt')
})

describe('colours', () => {
  const colors = pc.createColors(true)
  const colored = drawWaterfall(checkoutInput, { columns: 80, cutRemarks: true, colors }).join('\n')

  test('change nothing but the colour', () => {
    const drawn = drawWaterfall(checkoutInput, { columns: 80, cutRemarks: true, colors: plainColors }).join('\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
    const bare = colored.replace(/\u001b\[\d+m/g, '').replace(/ +$/gm, '')
    expect(bare).toBe(drawn)
  })

  test('paint errors red and services apart', () => {
    expect(colored).toContain(colors.red('✗ '))
    const paint = (service: string) => colored.split('\n').find((line) => line.includes(service))
    expect(paint('edge-eu')).toContain(colors.yellow('█').slice(0, 5))
    expect(paint('gateway-eu')).toContain(colors.magenta('█').slice(0, 5))
  })
})

test('a trace of ten thousand spans in a row is drawn, not crashed upon', () => {
  const notes = Array.from({ length: 10_000 }, (_, index) => ({
    id: String(index),
    ...(index > 0 ? { parent: String(index - 1) } : {}),
    node: 'deep-1',
    operation: 'step',
    at: index,
    for: 1,
  }))
  const spans = readSpans(jaegerTrace('1', notes))
  const input = { ...checkoutInput, spans, logs: [] }
  expect(drawWaterfall(input, { columns: 80, cutRemarks: true, colors: plainColors }).length).toBeGreaterThan(10_000)
})
