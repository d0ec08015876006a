// A Jaeger that has one trace of ten thousand spans and answers at once, so that what is measured is the console.
import { createServer, type Server } from 'node:http'

export const SPANS = 10_000

/** Listens on a free port of 127.0.0.1. */
export function serveTrace(): Promise<Server> {
  const large = JSON.stringify({ data: [largeTrace()] })
  const found = JSON.stringify({ data: [{ ...largeTrace(), spans: largeTrace().spans.slice(0, 50) }] })
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
    response.setHeader('content-type', 'application/json')
    if (pathname === '/api/services') response.end('{"data":["frontdoor"]}')
    else if (pathname === '/api/traces') response.end(found)
    else if (pathname.startsWith('/api/traces/')) response.end(large)
    else response.end('{"data":[]}')
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

/** Ten services, calls nested eight deep, with what a span of the shop carries. */
function largeTrace() {
  const traceID = 'a'.repeat(32)
  const startTime = Date.now() * 1000
  const id = (index: number) => index.toString(16).padStart(16, '0')
  const processes = Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [
      `p${index}`,
      { serviceName: `service-${index}`, tags: [{ key: 'service.instance.id', value: `service-${index}-1` }] },
    ]),
  )
  const spans = Array.from({ length: SPANS }, (_, index) => {
    // The parent is a little way back, never further up than eight levels.
    const parent = index === 0 ? undefined : index % 8 === 1 ? 0 : index - 1
    return {
      traceID,
      spanID: id(index + 1),
      operationName: `GET /things/:thingId/${index % 40}`,
      references: parent === undefined ? [] : [{ refType: 'CHILD_OF', traceID, spanID: id(parent + 1) }],
      startTime: startTime + index * 90,
      duration: index === 0 ? SPANS * 100 : 5_000 - (index % 8) * 500,
      processID: `p${index % 10}`,
      tags: [
        { key: 'span.kind', value: index % 2 ? 'client' : 'server' },
        { key: 'http.request.method', value: 'GET' },
        { key: 'http.route', value: '/things/:thingId' },
        { key: 'http.response.status_code', value: index % 500 === 3 ? 503 : 200 },
        { key: 'server.address', value: `service-${index % 10}` },
        { key: 'error', value: index % 500 === 3 },
      ],
      logs: [],
    }
  })
  return { traceID, spans, processes }
}
