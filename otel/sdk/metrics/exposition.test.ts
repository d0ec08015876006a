import { Counter, Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { contentTypes, formatFor, type StoredHistogram, type StoredValue, writeExposition } from './exposition.ts'

test.each([
  // Of Prometheus itself.
  [
    'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,*/*;q=0.1',
    'openmetrics',
  ],
  ['Application/OpenMetrics-Text', 'openmetrics'],
  ['application/openmetrics-text; q=0', 'text'],
  ['application/openmetrics-text;q=0.000,text/plain', 'text'],
  ['text/plain;version=0.0.4', 'text'],
  ['*/*', 'text'],
  ['', 'text'],
  [undefined, 'text'],
])('%s asks for %s', (accept, format) => {
  expect(formatFor(accept)).toBe(format)
})

/** A registry of prom-client with everything that there may be in one, and what its store holds. */
async function fill() {
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(contentTypes.openmetrics)
  const registers = [registry]
  const counter = new Counter({ name: 'made_total', help: 'Made, in all', labelNames: ['by', 'to'], registers })
  counter.inc({ by: 'a "quoted" \\ one', to: 'two\nlines' }, 2.5)
  counter.inc({ by: 'größe' })
  const plain = new Counter({ name: 'plain_total', help: 'Plain\nand simple \\', registers })
  const gauge = new Gauge({ name: 'level', help: 'Level', labelNames: ['of'], registers })
  for (const [of, value] of [
    ['zero', 0],
    ['low', -1e-7],
    ['high', 1e21],
    ['top', Infinity],
    ['bottom', -Infinity],
  ] as const) {
    gauge.set({ of }, value)
  }
  const never = new Gauge({ name: 'never', help: 'Never set', labelNames: ['x'], registers })
  const buckets = [0.005, 0.5, 1, 2.5]
  const histogram = new Histogram<string>({
    name: 'took_seconds',
    help: 'Took',
    labelNames: ['route'],
    buckets,
    enableExemplars: true,
    registers,
  })
  for (const [value, route] of [
    [0.004, '/a'],
    [0.5, '/a'],
    [0.7, '/a'],
    [100, '/a'],
    [2, '/b'],
  ] as const) {
    const exemplarLabels = value === 0.7 ? {} : { trace_id: `${value}abc`, span_id: 'def' }
    histogram.observe({ labels: { route }, value, exemplarLabels })
  }
  const { hashMap } = histogram as unknown as { hashMap: Record<string, StoredHistogram> }
  const values = async (metric: Counter | Gauge) => (await metric.get()).values as StoredValue[]
  return {
    registry,
    metrics: [
      { name: 'made_total', help: 'Made, in all', type: 'counter', values: await values(counter) },
      { name: 'plain_total', help: 'Plain\nand simple \\', type: 'counter', values: await values(plain) },
      { name: 'level', help: 'Level', type: 'gauge', values: await values(gauge) },
      { name: 'never', help: 'Never set', type: 'gauge', values: await values(never) },
      { name: 'took_seconds', help: 'Took', type: 'histogram', upperBounds: buckets, values: Object.values(hashMap) },
    ] as const,
  }
}

test('OpenMetrics reads as prom-client itself writes it', async () => {
  const { registry, metrics } = await fill()
  const text = [...writeExposition(metrics, 'openmetrics')].join('')
  expect(text.split('\n')).toEqual((await registry.metrics()).split('\n'))
})

test('the older format is the same without exemplars, and with full names of counters', async () => {
  const { registry, metrics } = await fill()
  const expected = (await registry.metrics())
    .replace(/^# (HELP|TYPE) (made|plain) /gm, '# $1 $2_total ')
    .replace(/ # \{.*$/gm, '')
    .replace('# EOF\n', '')
  expect([...writeExposition(metrics, 'text')].join('')).toBe(expected)
})

test('chunks are small and hold whole lines', () => {
  const values = Array.from({ length: 5_000 }, (_, id) => ({ labels: { id }, value: id }))
  const chunks = [...writeExposition([{ name: 'many', help: 'Many', type: 'gauge', values }], 'openmetrics')]
  expect(chunks.length).toBeGreaterThan(3)
  for (const chunk of chunks) {
    expect(chunk.length).toBeLessThan(17_000)
    expect(chunk).toMatch(/\n$/)
  }
  expect(chunks.join('').split('\n')).toHaveLength(2 + 5_000 + 2)
})
