import { EventEmitter } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { registerAlerts } from './alerts.ts'
import {
  type FakeAnswer,
  type FakeCall,
  type FakePrometheus,
  refusal,
  startFakePrometheus,
  success,
  vectorOf,
} from './fake-prometheus.ts'
import { registerQuery } from './query.ts'
import { createTestContext, runCommand, type TestContext } from './test-context.ts'
import { registerTop, showTop } from './top.ts'

process.env.TZ = 'UTC'

let prometheus: FakePrometheus
afterEach(() => prometheus?.stop())

async function contextOf(answer: (call: FakeCall) => FakeAnswer): Promise<TestContext> {
  prometheus = await startFakePrometheus(answer)
  return createTestContext({ prometheus: prometheus.url })
}

describe('query', () => {
  test('at one time: a table, with the remarks on stderr', async () => {
    const samples = vectorOf([{ __name__: 'up', instance: 'b' }, '0'], [{ __name__: 'up', instance: 'a' }, '1'])
    const context = await contextOf(() => ({
      body: { ...(samples.body as object), warnings: ['PromQL warning: w (1:1)'], infos: ['PromQL info: i'] },
    }))
    await runCommand(context, registerQuery, 'query', 'up', '--time', '2024-11-22T22:30:00Z')
    expect(prometheus.calls).toMatchObject([{ path: '/api/v1/query', method: 'POST' }])
    expect(Object.fromEntries(prometheus.calls[0]?.params ?? [])).toEqual({ query: 'up', time: '1732314600' })
    expect(context.printed).toEqual(['up', 'INSTANCE  VALUE', 'a             1', 'b             0'])
    expect(context.noted).toEqual(['PromQL warning: w (1:1)', 'PromQL info: i'])
  })

  test('over a range: a line of blocks a series', async () => {
    const values = [0, 5, 10, 20, 30].map((at) => [1_732_314_570 + at, String(at)])
    const context = await contextOf(() =>
      success({ resultType: 'matrix', result: [{ metric: { __name__: 'up' }, values }] }),
    )
    await runCommand(context, registerQuery, 'query', 'up', '--range', '30s', '--step', '5s', '--time', '1732314600')
    const asked = Object.fromEntries(prometheus.calls[0]?.params ?? [])
    expect(prometheus.calls[0]?.path).toBe('/api/v1/query_range')
    expect(asked).toEqual({ query: 'up', start: '1732314570', end: '1732314600', step: '5' })
    expect(context.printed[1]).toMatch(/^22:29:30 .*22:30:00 {2}MIN {2}MAX {2}LAST$/)
    expect(context.printed[2]).toMatch(/^▁+▂+▃+ +▆+ +█+ {4}0 {3}30 {4}30$/)
  })

  test('the step follows the range, and the end is now', async () => {
    const context = await contextOf(() => success({ resultType: 'matrix', result: [] }))
    const beforeS = Date.now() / 1000
    await runCommand(context, registerQuery, 'query', 'up', '--range', '1h')
    const asked = prometheus.calls[0]?.params
    expect(asked?.get('step')).toBe('30')
    expect(Number(asked?.get('end'))).toBeGreaterThanOrEqual(beforeS)
    expect(Number(asked?.get('end')) - Number(asked?.get('start'))).toBeCloseTo(3_600, 3)
    expect(context.printed).toEqual([])
    expect(context.noted).toEqual(['no series'])
  })

  test('--json is the answer itself', async () => {
    const context = await contextOf(() => vectorOf([{ a: 'b' }, '0.30000000000000004']))
    await runCommand(context, registerQuery, 'query', 'x', '--json')
    expect(JSON.parse(context.printed.join(''))).toEqual({
      resultType: 'vector',
      result: [{ metric: { a: 'b' }, value: [1_732_314_612, '0.30000000000000004'] }],
      warnings: [],
      infos: [],
    })
  })

  test('an error of the query is marked', async () => {
    const context = await contextOf(() =>
      refusal('bad_data', 'invalid parameter "query": 1:5: parse error: unexpected end of input'),
    )
    await expect(runCommand(context, registerQuery, 'query', 'sum(')).rejects.toThrow(
      'parse error: unexpected end of input\n  sum(\n      ^',
    )
  })

  test.each([
    [
      'another refusal',
      refusal('timeout', 'query timed out in expression evaluation', 503),
      'query timed out in expression evaluation',
    ],
    ['a proxy’s page', { status: 502, body: '<html>' }, 'answered 502: <html>'],
    ['no Prometheus at all', { body: 'hello' }, 'not as Prometheus does'],
    ['the wrong shape', success({ resultType: 'vector' }), 'not as Prometheus does'],
  ])('%s is said', async (_, answer, message) => {
    const context = await contextOf(() => answer)
    await expect(runCommand(context, registerQuery, 'query', 'up')).rejects.toThrow(message)
  })

  test('a Prometheus of the user is asked without a run; a silent one is named', async () => {
    await contextOf(() => vectorOf([{}, '7']))
    const context = createTestContext()
    await runCommand(context, registerQuery, 'query', 'up', '--prometheus', `${prometheus.url}/`)
    expect(context.printed.at(-1)).toBe('    7')
    await prometheus.stop()
    const silent = runCommand(context, registerQuery, 'query', 'up', '--prometheus', prometheus.url)
    await expect(silent).rejects.toThrow(`${prometheus.url} does not answer`)
    await expect(runCommand(context, registerQuery, 'query', 'up')).rejects.toThrow('no cluster is running')
  })

  test.each([
    [['--range', 'long'], 'must be a duration'],
    [['--step', '5s'], '--step goes with --range'],
    [['--time', 'yesterday'], '--time must be'],
  ])('%j is refused', async (args, message) => {
    const context = createTestContext({ prometheus: 'http://127.0.0.1:1' })
    await expect(runCommand(context, registerQuery, 'query', 'up', ...args)).rejects.toThrow(message)
  })
})

describe('alerts', () => {
  const firing = {
    labels: { alertname: 'ShopDown', severity: 'critical', region: 'eu' },
    annotations: { summary: 'the shop is down', runbook_url: 'https://example.com/r' },
    state: 'firing',
    activeAt: '2024-11-22T22:30:12.123456789Z',
    value: '1.5e-01',
  }

  test('none', async () => {
    const context = await contextOf(() => success({ alerts: [] }))
    await runCommand(context, registerAlerts, 'alerts')
    expect(prometheus.calls).toMatchObject([{ path: '/api/v1/alerts', method: 'GET' }])
    expect(context.printed).toEqual(['no alerts'])
  })

  test('a block each', async () => {
    const context = await contextOf(() => success({ alerts: [{ ...firing, state: 'pending' }, firing] }))
    await runCommand(context, registerAlerts, 'alerts')
    const drawn = context.printed.join('\n')
    expect(drawn).toMatch(
      /^FIRING {3}critical {2}ShopDown\n {9}the shop is down\n {9}since 22:30:12 \(\d+ d\), value 0.15\n/,
    )
    expect(drawn).toContain('https://example.com/r')
    expect(drawn).toContain('\n\nPENDING')
  })

  test('--json', async () => {
    const context = await contextOf(() =>
      success({
        alerts: [
          { ...firing, value: '+Inf' },
          { ...firing, activeAt: null },
        ],
      }),
    )
    await runCommand(context, registerAlerts, 'alerts', '--json')
    expect(JSON.parse(context.printed.join(''))).toMatchObject([
      { name: 'ShopDown', since: null, value: 0.15 },
      {
        name: 'ShopDown',
        state: 'firing',
        severity: 'critical',
        since: '2024-11-22T22:30:12.123Z',
        value: '+Inf',
        labels: { region: 'eu' },
        runbook: 'https://example.com/r',
      },
    ])
  })
})

describe('top', () => {
  /** A shop in which orders-2 is down. */
  function shop({ params }: FakeCall): FakeAnswer {
    const query = params.get('query') ?? ''
    const of = (orders: string, load: string) => vectorOf([{ service: 'orders' }, orders], [{ service: 'load' }, load])
    if (query.startsWith('count by (service) (up)')) return of('2', '1')
    if (query.includes('faultline_node_ready')) return of('1', '1')
    if (query.includes('histogram_quantile(0.5')) return of('0.012', 'NaN')
    if (query.includes('histogram_quantile(0.95')) return of('0.4', 'NaN')
    if (query.includes('5..')) return vectorOf([{ service: 'orders' }, '0.5'])
    if (query.includes('_count[30s]')) return of('10', '0')
    if (query.includes('nodejs_eventloop_utilization_ratio')) return of('0.25', '0.5')
    if (query.includes('process_cpu_seconds_total')) return of('0.125', '1.5')
    if (query.includes('ALERTS')) return vectorOf()
    return refusal('bad_data', `no answer to ${query}`)
  }
  const rows = [
    /^\d\d:\d\d:\d\d {3}2 of 3 ready {3}no alerts {3}rates over 30s$/,
    /^$/,
    /^SERVICE/,
    /^orders +1\/2 +10\.0 +5\.0 +12\.0 ms +400 ms +25 +13$/,
    /^load +1\/1 +0 +– +– +– +50 +150$/,
  ]

  test('once', async () => {
    const context = await contextOf(shop)
    await runCommand(context, registerTop, 'top', '--once')
    expect(context.printed).toHaveLength(rows.length)
    for (const [index, row] of rows.entries()) expect(context.printed[index]).toMatch(row)
  })

  test('--json', async () => {
    const context = await contextOf(shop)
    await runCommand(context, registerTop, 'top', '--json', '--sort', 'name')
    const [load, orders] = JSON.parse(context.printed.join('')).services
    const known = { instances: 2, readyInstances: 1, perSecond: 10, errorShare: 0.05, p50S: 0.012, p95S: 0.4 }
    expect(orders).toEqual({ service: 'orders', ...known, loopShare: 0.25, cpuCores: 0.125 })
    expect(load).toEqual({
      service: 'load',
      instances: 1,
      readyInstances: 1,
      perSecond: 0,
      loopShare: 0.5,
      cpuCores: 1.5,
    })
  })

  test('a Prometheus without services is told apart from one with nothing to say', async () => {
    const context = await contextOf(() => vectorOf())
    await runCommand(context, registerTop, 'top', '--once')
    expect(context.noted.join()).toContain('scrapes no service')
  })

  test('live: it refreshes in place, keeps the last figures through an outage, and gives the terminal back', async () => {
    let failing = false
    const context = await contextOf((call) => (failing ? { status: 503, body: 'busy' } : shop(call)))
    const written: string[] = []
    const stream = Object.assign(new EventEmitter(), { rows: 40, write: (text: string) => written.push(text) })
    const signals = new EventEmitter()
    const live = { ...context, out: { ...context.out, isTerminal: true } }
    const options = { interval: 0.01, window: '30s', sort: 'rate', once: false, json: false } as const
    // An emitter of signals and a stream that is written to is all that it uses of both.
    const shown = showTop(live, options, { stream, signals } as unknown as Parameters<typeof showTop>[2])
    await vi.waitFor(() => expect(written.length).toBeGreaterThan(3))
    expect(written[0]).toContain('\x1b[?1049h')
    failing = true
    await vi.waitFor(() => expect(written.at(-1)).toContain('answered 503: busy'))
    expect(written.at(-1)).toContain('orders')
    failing = false
    await vi.waitFor(() => expect(written.at(-1)).not.toContain('busy'))
    signals.emit('SIGINT')
    await shown
    expect(written.at(-1)).toBe('\x1b[?7h\x1b[?25h\x1b[?1049l')
    expect(written.filter((text) => text.includes('\x1b[?1049h'))).toHaveLength(1)
    expect([...signals.eventNames(), ...stream.eventNames()]).toEqual([])
    expect(context.printed).toEqual([])
  })

  test('whoever cannot be asked at all gets no screen', async () => {
    const context = await contextOf(() => refusal('internal', 'not now', 500))
    await expect(runCommand(context, registerTop, 'top')).rejects.toThrow('not now')
  })

  test.each([
    [['--interval', '1ms'], 'must be a duration from 500ms on'],
    [['--window', 'x'], 'must be a duration from 1s on'],
    [['--sort', 'x'], 'Allowed choices'],
  ])('%j is refused', async (args, message) => {
    await expect(runCommand(createTestContext(), registerTop, 'top', ...args)).rejects.toThrow(message)
  })
})
