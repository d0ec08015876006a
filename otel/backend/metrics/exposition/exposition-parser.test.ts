import prometheus from 'prom-client'
import { describe, expect, test } from 'vitest'
import type { LabelPair } from '../../promql/labels.ts'
import {
  DEFAULT_EXPOSITION_LIMITS,
  type ExpositionFormat,
  type ExpositionLimits,
  ExpositionParser,
} from './exposition-parser.ts'

const textOf = (pairs: readonly LabelPair[]) => pairs.map(([name, value]) => `${name}=${value}`).join(',')
const newParser = (limits: Partial<ExpositionLimits> = {}) =>
  new ExpositionParser(textOf, { ...DEFAULT_EXPOSITION_LIMITS, ...limits })

function read(body: string, format: ExpositionFormat = 'text', parser = newParser()) {
  const samples = parser.parse(body, format)
  return samples.series.map((series, i) => {
    const time = samples.timestampsMs[i]!
    return Number.isNaN(time) ? `${series} ${samples.values[i]}` : `${series} ${samples.values[i]} @${time}`
  })
}

const fault = (body: string, format: ExpositionFormat) => {
  try {
    read(body, format)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'accepted'
}

describe('text format', () => {
  test.each<[string, string[]]>([
    ['up 1\n', ['__name__=up 1']],
    ['up 1', ['__name__=up 1']],
    ['', []],
    ['\n\n \t\nup 1\n\n', ['__name__=up 1']],
    ['a{b="c"} 1\n', ['__name__=a,b=c 1']],
    ['a{b="c",} 1\n', ['__name__=a,b=c 1']],
    ['a{} 1\n', ['__name__=a 1']],
    ['a{b="c"}1\n', ['__name__=a,b=c 1']],
    ['  a { b = "c" , d = "e" } \t 1 \t 12345 \n', ['__name__=a,b=c,d=e 1 @12345']],
    ['a 1 -5\n', ['__name__=a 1 @-5']],
    ['a:b_c 1\n', ['__name__=a:b_c 1']],
    ['a{b="x\\"y\\\\z\\nw}{ ,=\\q"} 1\n', ['__name__=a,b=x"y\\z\nw}{ ,=\\q 1']],
    ['a{b="naïve 🛒"} 1\n', ['__name__=a,b=naïve 🛒 1']],
    [
      'a NaN\na1 Nan\na2 +Inf\na3 -Inf\na4 inf\n',
      ['__name__=a NaN', '__name__=a1 NaN', '__name__=a2 Infinity', '__name__=a3 -Infinity', '__name__=a4 Infinity'],
    ],
    [
      'a 1e-7\nb 1.5E3\nc -.5\nd +2.\ne 0x1p-2\n',
      ['__name__=a 1e-7', '__name__=b 1500', '__name__=c -0.5', '__name__=d 2', '__name__=e 0.25'],
    ],
    ['a 123456789012345678\n', ['__name__=a 123456789012345680']],
    ['# a comment\n#\n#x\na 1\n', ['__name__=a 1']],
    [
      'name 1\nname {a="b"} 2\nname  {a="c"} 3\nnamed 4\n',
      ['__name__=name 1', '__name__=name,a=b 2', '__name__=name,a=c 3', '__name__=named 4'],
    ],
  ])('%j', (body, expected) => {
    const parser = newParser()
    expect(read(body, 'text', parser)).toEqual(expected)
    // A second time, with every line expected.
    expect(read(body, 'text', parser)).toEqual(expected)
  })

  test.each([
    ['1a 2\n', 'line 1: expected a metric name at "1a 2"'],
    ['a 1\nb\n', 'line 2: expected a value at ""'],
    ['a x\n', 'line 1: expected a value at "x"'],
    ['a 1 2 3\n', 'line 1: expected the end of the line at "3"'],
    ['a 1 1.5\n', 'line 1: expected a timestamp at "1.5"'],
    ['a 1 # {trace_id="x"} 1\n', 'line 1: expected a timestamp at "# {trace_id=\\"x\\"} 1"'],
    ['a{b="c} 1\n', 'line 1: label value without a closing quote at "\\"c} 1"'],
    ['a{b=c} 1\n', 'line 1: expected " at "c} 1"'],
    ['a{b="c" d="e"} 1\n', 'line 1: expected , at "d=\\"e\\"} 1"'],
    ['a{b="c",b="d"} 1\n', 'line 1: label b stands twice at "b=\\"d\\"} 1"'],
    ['a{__name__="c"} 1\n', 'line 1: label __name__ stands twice at "__name__=\\"c\\"} 1"'],
    ['a{1="c"} 1\n', 'line 1: expected a label name or "}" at "1=\\"c\\"} 1"'],
    ['a{b="c"', 'line 1: expected , at ""'],
    ['# TYPE a nonsense\n', 'line 1: unknown metric type "nonsense" at "# TYPE a nonsense"'],
    ['# TYPE 1 gauge\n', 'line 1: expected # HELP, # TYPE or # UNIT at "# TYPE 1 gauge"'],
  ])('refuses %j', (body, message) => {
    expect(fault(body, 'text')).toBe(message)
  })
})

describe('OpenMetrics', () => {
  test.each<[string, string[]]>([
    ['# EOF\n', []],
    ['# EOF', []],
    ['a_total 1 12.5\n# EOF\n', ['__name__=a_total 1 @12500']],
    [
      '# TYPE a counter\n# UNIT a seconds\n# HELP a it is \\"a\\"\na_total{b="c"} 1\n# EOF\n',
      ['__name__=a_total,b=c 1'],
    ],
  ])('%j', (body, expected) => {
    expect(read(body, 'openmetrics')).toEqual(expected)
  })

  test.each([
    ['', 'the exposition does not end with # EOF'],
    ['a 1\n', 'the exposition does not end with # EOF'],
    ['# EOF\na 1\n', 'line 2: unexpected text after # EOF at "a 1"'],
    ['\n# EOF\n', 'line 1: expected a metric name at ""'],
    ['a  1\n# EOF\n', 'line 1: expected a value at " 1"'],
    ['a\t1\n# EOF\n', 'line 1: expected a space and a value at "\\t1"'],
    ['# plain comment\n# EOF\n', 'line 1: expected # HELP, # TYPE or # UNIT at "# plain comment"'],
    ['# TYPE a untyped\n# EOF\n', 'line 1: unknown metric type "untyped" at "# TYPE a untyped"'],
    ['a 1 # {b="c"}\n# EOF\n', 'line 1: expected a space and an exemplar\'s value at ""'],
    ['a 1 # {b="c"} x\n# EOF\n', 'line 1: expected an exemplar\'s value at "x"'],
  ])('refuses %j', (body, message) => {
    expect(fault(body, 'openmetrics')).toBe(message)
  })

  test('exemplars: read once, until they change', () => {
    const parser = newParser()
    const body = (exemplar: string) => `h_bucket{le="1"} 3 ${exemplar}\n# EOF\n`
    const first = parser.parse(body('# {trace_id="abc",span_id="d"} 0.5 1700000000.123'), 'openmetrics')
    expect(first.exemplars).toMatchObject([
      {
        series: '__name__=h_bucket,le=1',
        exemplar: {
          value: 0.5,
          timestampMs: 1_700_000_000_123,
          labels: {
            pairs: [
              ['span_id', 'd'],
              ['trace_id', 'abc'],
            ],
          },
        },
      },
    ])
    expect(parser.parse(body('# {trace_id="abc",span_id="d"} 0.5 1700000000.123'), 'openmetrics').exemplars).toEqual([])
    expect(
      parser.parse(body('12 # {trace_id="abc"} 0.5'), 'openmetrics').exemplars[0]?.exemplar.timestampMs,
    ).toBeUndefined()
    expect(parser.parse(body(`# {trace_id="${'x'.repeat(121)}"} 0.5`), 'openmetrics')).toMatchObject({
      count: 1,
      exemplars: [],
      exemplarsRefused: 1,
    })
  })

  test('an exemplar of an exposition that is refused is not forgotten', () => {
    const parser = newParser()
    const line = 'a_total 1 # {trace_id="abc"} 1\n'
    expect(() => parser.parse(`${line}oops\n# EOF\n`, 'openmetrics')).toThrow('line 2')
    expect(parser.parse(`${line}# EOF\n`, 'openmetrics').exemplars).toHaveLength(1)
  })
})

describe('lines come, go and change places', () => {
  const lines = (...names: string[]) => names.map((name, i) => `${name} ${i}\n`).join('')
  test.each([
    [
      ['a', 'b', 'c'],
      ['a', 'x', 'b', 'c'],
    ],
    [
      ['a', 'b', 'c'],
      ['c', 'b', 'a'],
    ],
    [
      ['a', 'ab', 'abc'],
      ['abc', 'ab', 'a'],
    ],
    [['a', 'b', 'c'], ['c']],
    [
      ['a{x="1"}', 'a{x="2"}'],
      ['a{x="2"}', 'a{x="1"}', 'a{x="12"}'],
    ],
    [
      ['a', 'a', 'b'],
      ['a', 'b', 'a'],
    ],
  ])('%j then %j', (before, after) => {
    const parser = newParser()
    parser.parse(lines(...before), 'text')
    expect(read(lines(...after), 'text', parser)).toEqual(read(lines(...after)))
    expect(read(lines(...before), 'text', parser)).toEqual(read(lines(...before)))
  })

  test('series that have gone are forgotten in the end', () => {
    const parser = newParser()
    for (let n = 0; n < 50; n++) parser.parse(lines(...Array.from({ length: 20 }, (_, i) => `m_${n}_${i}`)), 'text')
    expect(parser.knownCount).toBeLessThanOrEqual(60)
  })
})

describe('limits', () => {
  test.each<[string, Partial<ExpositionLimits>, string]>([
    ['a 1\nb 2\nc 3\n', { maxSamples: 2 }, 'more than 2 samples'],
    ['a{b="1",c="2"} 3\n', { maxLabels: 1 }, 'line 1: more than 1 labels at "c=\\"2\\"} 3"'],
    ['a{b="12345"} 3\n', { maxValueLength: 4 }, 'line 1: label value longer than 4 characters at "} 3"'],
    ['a{bcdef="1"} 3\n', { maxNameLength: 4 }, 'line 1: label name longer than 4 characters at "bcdef=\\"1\\"} 3"'],
    ['abcde 3\n', { maxNameLength: 4 }, 'line 1: metric name longer than 4 characters at "abcde 3"'],
  ])('%j with %j', (body, limits, message) => {
    expect(() => newParser(limits).parse(body, 'text')).toThrow(message)
  })
})

test('metadata of families', () => {
  const parser = newParser()
  parser.parse('# HELP a first\\nsecond \\\\ "x"\n# TYPE a histogram\n# TYPE b untyped\n', 'text')
  expect(Object.fromEntries(parser.metadata.families)).toEqual({
    a: { type: 'histogram', help: 'first\nsecond \\ "x"', unit: '' },
    b: { type: 'unknown', help: '', unit: '' },
  })
})

test.each<[ExpositionFormat, prometheus.RegistryContentType]>([
  ['text', prometheus.Registry.PROMETHEUS_CONTENT_TYPE],
  ['openmetrics', prometheus.Registry.OPENMETRICS_CONTENT_TYPE],
])('reads what prom-client writes: %s', async (format, contentType) => {
  const registry = new prometheus.Registry<prometheus.RegistryContentType>()
  registry.setContentType(contentType)
  const histogram = new prometheus.Histogram({
    name: 'h_seconds',
    help: 'with "quotes" and \\ and\nlines',
    labelNames: ['route'],
    buckets: [0.1, 1],
    registers: [registry],
  })
  histogram.observe({ route: 'a"\\\nb' }, 0.5)
  prometheus.collectDefaultMetrics({ register: registry })
  const parser = newParser()
  const body = await registry.metrics()
  const samples = read(body, format, parser)
  expect(samples).toContain('__name__=h_seconds_bucket,le=1,route=a"\\\nb 1')
  expect(samples).toContain('__name__=h_seconds_sum,route=a"\\\nb 0.5')
  expect(samples.length).toBe(body.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length)
  expect(parser.metadata.families.get('h_seconds')).toMatchObject({
    type: 'histogram',
    help: 'with "quotes" and \\ and\nlines',
  })
})
