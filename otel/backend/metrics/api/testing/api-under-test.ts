// Our API on a port of its own, over samples given as an exposition.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEngine } from '../../../promql/engine.ts'
import { type Labels, labelsFromPairs } from '../../../promql/labels.ts'
import { ExpositionParser } from '../../exposition/exposition-parser.ts'
import { Tsdb } from '../../tsdb/tsdb.ts'
import { createPrometheusApi, type PrometheusApiDeps } from '../prometheus-api.ts'

export interface ApiUnderTest {
  url: string
  store: Tsdb
  faults: unknown[]
  stop: () => Promise<void>
}

/** Reads samples, each with a time of its own, into a store. */
export function loadOpenMetrics(store: Tsdb, text: string): void {
  const parser = new ExpositionParser<Labels>(labelsFromPairs)
  const samples = parser.parse(text, 'openmetrics')
  for (let i = 0; i < samples.count; i++) {
    const labels = samples.series[i]
    const series = labels && store.series(labels)
    if (series) store.append(series, samples.timestampsMs[i] ?? 0, samples.values[i] ?? 0)
  }
}

export async function startApi(openMetrics: string, deps: Partial<PrometheusApiDeps> = {}): Promise<ApiUnderTest> {
  const store = new Tsdb()
  const faults: unknown[] = []
  loadOpenMetrics(store, openMetrics)
  const app = createPrometheusApi({
    store,
    engine: createEngine({ storage: store }),
    now: () => 1_700_000_020_000,
    targets: () => [],
    metadata: () => new Map(),
    scrapeOptions: { intervalMs: 1000, timeoutMs: 1000 },
    ruleGroups: () => [],
    startedMs: 1_700_000_000_000,
    version: '0.1.0',
    flags: () => ({ 'storage.retention': '2h' }),
    onFault: (error) => faults.push(error),
    ...deps,
  })
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server's
  const stop = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { url: `http://127.0.0.1:${port}`, store, faults, stop }
}

/** Status and body of a request: `GET /path?…`, or `POST /path?… form` with a form. */
export async function ask(url: string, request: string): Promise<{ status: number; body: string }> {
  const [method = '', path = '', form] = request.split(' ')
  const body = form === undefined ? {} : { body: new URLSearchParams(form) }
  const response = await fetch(`${url}${path}`, { method, ...body })
  return { status: response.status, body: await response.text() }
}
