// A target for tests: a server whose exposition the test sets, and ways to read what the store got.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { labelsToRecord } from '../../promql/labels.ts'
import { createMatcher } from '../../promql/matcher.ts'
import { type NaiveSample, readSamples } from '../tsdb/naive-store.ts'
import type { Tsdb } from '../tsdb/tsdb.ts'

export interface TestTarget {
  url: string
  /** Sent as text unless `handle` is set. */
  body: string
  contentType: string
  handle: ((req: IncomingMessage, res: ServerResponse) => void) | undefined
  requests: number
  close: () => Promise<void>
}

export async function startTestTarget(body = ''): Promise<TestTarget> {
  const server = createServer((req, res) => {
    target.requests++
    if (target.handle) target.handle(req, res)
    else res.setHeader('content-type', target.contentType).end(target.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server's
  const target: TestTarget = {
    url: `http://127.0.0.1:${port}/metrics`,
    body,
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    handle: undefined,
    requests: 0,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return target
}

/** All samples of a metric in the store, by the values of its labels other than the name. */
export function samplesOf(store: Tsdb, name: string): Record<string, NaiveSample[]> {
  const found = store.select([createMatcher('__name__', '=', name)], 0, Number.MAX_SAFE_INTEGER)
  return Object.fromEntries(
    found.map((series) => {
      const { __name__, ...labels } = labelsToRecord(series.labels)
      return [JSON.stringify(labels), readSamples(series, 0, Number.MAX_SAFE_INTEGER)]
    }),
  )
}

/** The values of the one series of a metric, `stale` for a staleness marker. */
export function valuesOf(store: Tsdb, name: string): (number | 'stale')[] {
  const [only = [], ...others] = Object.values(samplesOf(store, name))
  if (others.length > 0) throw new Error(`several series of ${name}`)
  return only.map(({ value, stale }) => (stale ? 'stale' : value))
}

/** Polls until the condition holds. */
export async function until(condition: () => boolean, what: string, deadlineMs = 10_000): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
